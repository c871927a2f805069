import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import type { CallOnItsWay, ChosenFault, Fault } from "./faults.js";

/** A proxy in front of a server that loses, damages and delays answers. */
export interface FaultyProxy {
  readonly port: number;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly host: string;
  /** Decides what happens to a call; undefined: it goes through. The call waits for the decision. */
  readonly decide: (call: CallOnItsWay) => Fault | ChosenFault | undefined | Promise<undefined>;
  /** Answers a call in the place of the server; undefined: it is the server's. */
  readonly answer?: (call: CallOnItsWay) => { readonly status: number; readonly body: object } | undefined;
}

/** How late an answer comes where nobody says, in milliseconds. */
const LATE_MS = 30;

/** @throws Error where the port is taken */
export async function faultyProxy(target: string, options: ProxyOptions): Promise<FaultyProxy> {
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = "GET", url: path = "/" } = incoming;
    const body = await bodyOf(incoming);
    const call = { method, path, body: body.toString("utf8") };
    const own = options.answer?.(call);
    if (own !== undefined) return answer(outgoing, own.status, JSON.stringify(own.body));
    const decided = await options.decide(call);
    const chosen = typeof decided === "string" ? { fault: decided } : decided;
    await handle(target, incoming, outgoing, body, chosen);
  };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(options.port, options.host, done);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const HTML = "<!DOCTYPE html><html><body>Sign in to the network</body></html>";

async function handle(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: Buffer,
  { fault, ms = LATE_MS }: Partial<ChosenFault> = {},
): Promise<void> {
  const error = (status: number, reason: string) =>
    answer(
      outgoing,
      status,
      JSON.stringify({ error: { code: status, message: `injected ${reason}`, errors: [{ reason }] } }),
    );
  switch (fault) {
    case "reset before":
      outgoing.destroy();
      return;
    case "500 before":
      return error(500, "internalError");
    case "503 before":
      return error(503, "backendError");
    case "429 before":
      return error(429, "rateLimitExceeded");
    case "403 rateLimitExceeded before":
      return error(403, "rateLimitExceeded");
    case "page of a proxy before":
      return answer(outgoing, 200, HTML, "text/html");
    case "stall before":
      return;
    case "delay":
      await new Promise((done) => setTimeout(done, ms));
  }
  const { status, headers, bytes } = await forwarded(target, incoming, body);
  const type = headers["content-type"];
  switch (fault) {
    case "reset after":
      outgoing.destroy();
      return;
    case "half an answer":
      outgoing.writeHead(status, { "content-type": type, "content-length": bytes.length + 10 });
      outgoing.write(bytes.subarray(0, bytes.length / 2), () => outgoing.destroy());
      return;
    case "500 after":
      return error(500, "internalError");
    case "page of a proxy after":
      return answer(outgoing, 200, HTML, "text/html");
    case "empty object after":
      return answer(outgoing, 200, "{}");
    case "stall after":
      return;
    default:
      outgoing.writeHead(status, { ...headers, "content-length": bytes.length }).end(bytes);
  }
}

function answer(outgoing: ServerResponse, status: number, text: string, type = "application/json; charset=UTF-8") {
  outgoing.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) }).end(text);
}

async function bodyOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forwarded(target: string, incoming: IncomingMessage, body: Buffer) {
  return new Promise<{ status: number; headers: Record<string, string>; bytes: Buffer }>((resolve, reject) => {
    // The host stays: the server looks at whom a client has meant.
    const { connection, ...headers } = incoming.headers;
    const outgoing = send(`${target}${incoming.url}`, { method: incoming.method ?? "GET", headers }, (response) => {
      const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...kept } = response.headers;
      bodyOf(response).then(
        (bytes) => resolve({ status: response.statusCode ?? 0, headers: kept as Record<string, string>, bytes }),
        reject,
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
