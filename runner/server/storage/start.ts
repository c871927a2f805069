import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { authorizationOf, callerOf } from "../http/caller.js";
import type { JobService } from "../jobs/service.js";
import { statusOf } from "./grpc-status.js";
import { ReadService } from "./read-service.js";
import { serviceDefinitions } from "./service-definition.js";
import { WriteService } from "./write-service.js";

export interface StorageOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly host: string;
  readonly project: string;
  readonly location: string;
  readonly token: string | undefined;
  readonly log: ((line: string) => void) | undefined;
}

/** The Storage API, answering. */
export interface StorageServer {
  readonly port: number;
  close(): void;
}

/** Requests may be as large as the service takes them. */
const MOST_BYTES = 20 * 1024 * 1024;

/**
 * Puts the Storage API (gRPC, without TLS) in front of a warehouse.
 * @throws Error where the port is taken
 */
export async function startStorage(service: JobService, options: StorageOptions): Promise<StorageServer> {
  const server = new Server({ "grpc.max_receive_message_length": MOST_BYTES, "grpc.max_send_message_length": -1 });
  const [reading, writing] = serviceDefinitions("BigQueryRead", "BigQueryWrite");
  if (reading === undefined || writing === undefined) throw new Error("the Storage API is not described");
  const guard = new Guard(options);
  const read = new ReadService(service, options.token);
  const write = new WriteService(service, options);
  server.addService(reading, {
    createReadSession: guard.unary(read.createReadSession.bind(read)),
    splitReadStream: guard.unary(read.splitReadStream.bind(read)),
    readRows: guard.rows(read.readRows.bind(read)),
  });
  server.addService(writing, {
    createWriteStream: guard.unary(write.createWriteStream.bind(write)),
    getWriteStream: guard.unary(write.getWriteStream.bind(write)),
    finalizeWriteStream: guard.unary(write.finalizeWriteStream.bind(write)),
    batchCommitWriteStreams: guard.unary(write.batchCommitWriteStreams.bind(write)),
    flushRows: guard.unary(write.flushRows.bind(write)),
    appendRows: guard.duplex(write.appendRows.bind(write)),
  });
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${options.port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(Object.assign(error, { code: "EADDRINUSE", port: options.port })),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

type Handler = UntypedServiceImplementation[string];

/** Asks for the token, tells errors as gRPC does, and writes the log. */
class Guard {
  readonly #options: StorageOptions;

  constructor(options: StorageOptions) {
    this.#options = options;
  }

  unary<Request>(answer: (call: ServerUnaryCall<Request, unknown>) => Promise<object>): Handler {
    const handle: handleUnaryCall<Request, object> = (call, callback) => {
      const refused = this.#refused(call);
      if (refused !== undefined) return callback(refused);
      answer(call).then(
        (message) => {
          this.#log(call.getPath(), "OK");
          callback(null, message);
        },
        (cause: unknown) => callback(this.#status(call.getPath(), cause)),
      );
    };
    return handle as Handler;
  }

  rows<Request>(answer: (call: ServerWritableStream<Request, object>) => Promise<void>): Handler {
    return ((call: ServerWritableStream<Request, object>) => {
      const refused = this.#refused(call);
      if (refused !== undefined) return void call.emit("error", refused);
      answer(call).then(
        () => {
          this.#log(call.getPath(), "OK");
          call.end();
        },
        (cause: unknown) => call.emit("error", this.#status(call.getPath(), cause)),
      );
    }) as Handler;
  }

  duplex<Request>(
    answer: (call: ServerDuplexStream<Request, object>, fail: (cause: unknown) => void) => void,
  ): Handler {
    return ((call: ServerDuplexStream<Request, object>) => {
      const refused = this.#refused(call);
      if (refused !== undefined) return void call.emit("error", refused);
      answer(call, (cause) => call.emit("error", this.#status(call.getPath(), cause)));
    }) as Handler;
  }

  #refused({ metadata }: { readonly metadata: { get(name: string): readonly unknown[] } }) {
    const { token } = this.#options;
    if (token === undefined || callerOf(authorizationOf(metadata), token) !== undefined) return undefined;
    return { code: status.UNAUTHENTICATED, details: "Request had invalid authentication credentials" };
  }

  #status(path: string, cause: unknown) {
    const told = statusOf(cause, this.#options);
    this.#log(path, status[told.code] ?? "UNKNOWN");
    return told;
  }

  #log(path: string, outcome: string): void {
    this.#options.log?.(`gRPC ${path} ${outcome}`);
  }
}
