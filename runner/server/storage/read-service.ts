import { once } from "node:events";
import type { ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { bytesOfRows } from "../catalog/bytes.js";
import { authorizationOf, callerOf, USER } from "../http/caller.js";
import type { JobService } from "../jobs/service.js";
import { ApiError } from "../protocol/errors.js";
import { ArrowEncoder } from "./arrow-rows.js";
import { nameOfTable, tableOfName } from "./names.js";
import { type DataFormat, ReadSession } from "./read-session.js";

/** Rows in one message. */
const BATCH_ROWS = 2048;
/** Sessions whose rows are kept, the newest. */
const MOST_SESSIONS = 64;
const LIFETIME_SECONDS = 6 * 60 * 60;

interface CreateReadSession {
  readonly parent: string;
  readonly readSession: {
    readonly table: string;
    readonly dataFormat: string;
    readonly traceId?: string;
    readonly readOptions?: {
      readonly selectedFields?: readonly string[];
      readonly rowRestriction?: string;
      readonly samplePercentage?: number;
    } | null;
    readonly tableModifiers?: {
      readonly snapshotTime?: { readonly seconds: string; readonly nanos: number } | null;
    } | null;
  } | null;
  readonly maxStreamCount: number;
  readonly preferredMinStreamCount: number;
}

/** `google.cloud.bigquery.storage.v1.BigQueryRead`. https://cloud.google.com/bigquery/docs/reference/storage/rpc */
export class ReadService {
  readonly #service: JobService;
  readonly #token: string | undefined;
  readonly #sessions = new Map<string, ReadSession>();

  constructor(service: JobService, token: string | undefined) {
    this.#service = service;
    this.#token = token;
  }

  async createReadSession({ request, metadata }: ServerUnaryCall<CreateReadSession, unknown>): Promise<object> {
    const { readSession, maxStreamCount } = request;
    if (!readSession) throw new ApiError("required", "read_session is missing");
    const { snapshotTime } = readSession.tableModifiers ?? {};
    const session = await ReadSession.open(this.#service, {
      table: tableOfName(readSession.table),
      user: callerOf(authorizationOf(metadata), this.#token) ?? USER,
      format: formatOf(readSession.dataFormat),
      selectedFields: readSession.readOptions?.selectedFields ?? [],
      rowRestriction: readSession.readOptions?.rowRestriction ?? "",
      at: snapshotTime
        ? BigInt(snapshotTime.seconds) * 1_000_000n + BigInt(Math.floor(snapshotTime.nanos / 1000))
        : undefined,
      samplePercentage: readSession.readOptions?.samplePercentage,
      maxStreams: maxStreamCount,
    });
    this.#sessions.set(session.name, session);
    for (const name of this.#sessions.keys()) {
      if (this.#sessions.size <= MOST_SESSIONS) break;
      this.#sessions.delete(name);
    }
    return {
      name: session.name,
      expireTime: { seconds: Math.floor(Date.now() / 1000) + LIFETIME_SECONDS, nanos: 0 },
      dataFormat: session.request.format,
      ...schemaOf(session),
      table: nameOfTable(session.request.table),
      readOptions: readSession.readOptions,
      streams: session.streams.map(({ name }) => ({ name })),
      estimatedRowCount: String(session.rows.count),
      estimatedTotalBytesScanned: String(bytesOfRows({ columns: session.rows.columns, rows: session.rows.count })),
      traceId: readSession.traceId ?? "",
    };
  }

  async readRows(
    call: ServerWritableStream<{ readonly readStream: string; readonly offset: string }, object>,
  ): Promise<void> {
    const { readStream, offset: from } = call.request;
    const { session, stream } = this.#stream(readStream);
    const total = stream.to - stream.from;
    const start = Number(from);
    if (start > total)
      throw new ApiError("invalid", `offset ${start} is behind the last row of ${readStream}, which has ${total}`);
    for (let offset = start; offset < total && !call.cancelled; offset += BATCH_ROWS) {
      const rows = session.read(stream, offset, BATCH_ROWS);
      const progress = (at: number) => ({ value: at / total });
      const message = {
        ...rowsMessage(session, rows),
        ...(offset === start ? schemaOf(session) : {}),
        rowCount: String(rows.length),
        stats: {
          progress: { atResponseStart: progress(offset).value, atResponseEnd: progress(offset + rows.length).value },
        },
      };
      // What the client has not taken yet is not piled up here.
      if (!call.write(message)) await Promise.race([once(call, "drain"), once(call, "cancelled")]);
    }
  }

  async splitReadStream({
    request,
  }: ServerUnaryCall<{ readonly name: string; readonly fraction: number }, unknown>): Promise<object> {
    const { session, stream } = this.#stream(request.name);
    const parts = session.split(stream, request.fraction);
    if (parts === undefined) return {};
    const [primary, remainder] = parts.map(({ name }) => ({ name }));
    return { primaryStream: primary, remainderStream: remainder };
  }

  #stream(name: string) {
    const session = this.#sessions.get(name.replace(/\/streams\/[^/]*$/, ""));
    const stream = session?.streams.find((candidate) => candidate.name === name);
    if (session !== undefined && stream !== undefined) return { session, stream };
    throw new ApiError("notFound", `Not found: read stream ${name}; it may have expired`);
  }
}

function formatOf(format: string): DataFormat {
  if (format === "ARROW" || format === "AVRO") return format;
  throw new ApiError("invalid", "data_format must be ARROW or AVRO");
}

function schemaOf({ encoder }: ReadSession): object {
  return encoder instanceof ArrowEncoder
    ? { arrowSchema: { serializedSchema: encoder.schema } }
    : { avroSchema: { schema: encoder.schema } };
}

function rowsMessage({ encoder }: ReadSession, rows: Parameters<ArrowEncoder["rows"]>[0]): object {
  const bytes = encoder.rows(rows);
  const rowCount = String(rows.length);
  return encoder instanceof ArrowEncoder
    ? { arrowRecordBatch: { serializedRecordBatch: bytes, rowCount } }
    : { avroRows: { serializedBinaryRows: bytes, rowCount } };
}
