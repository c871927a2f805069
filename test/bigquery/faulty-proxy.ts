import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** What can happen to a call on its way. `before`: the server never sees it; `after`: it has been carried out. */
export const FAULTS = [
  "reset before",
  "reset after",
  "half an answer",
  "500 before",
  "500 after",
  "503 before",
  "429 before",
  "403 rateLimitExceeded before",
  "page of a proxy before",
  "page of a proxy after",
  "empty object after",
  "delay",
] as const;
export type Fault = (typeof FAULTS)[number];

/** A call that came through. */
export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly fault: Fault | undefined;
}

/** A proxy in front of a server that loses, damages and delays answers. */
export interface FaultyProxy {
  readonly url: string;
  readonly calls: SeenCall[];
  /** Decides what happens to a call; undefined: it goes through. The call waits for the answer. */
  fault: (
    call: Pick<SeenCall, "method" | "path"> & { readonly body: string },
  ) => Fault | undefined | Promise<undefined>;
  close(): Promise<void>;
}

export async function faultyProxy(target: string): Promise<FaultyProxy> {
  const calls: SeenCall[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = "GET", url: path = "/" } = incoming;
    const body = await bodyOf(incoming);
    const decided = proxy.fault({ method, path, body: body.toString("utf8") });
    calls.push({ method, path, fault: decided instanceof Promise ? undefined : decided });
    await handle(target, incoming, outgoing, body, await decided);
  };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    fault: () => undefined,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

const HTML = "<!DOCTYPE html><html><body>Sign in to the network</body></html>";

async function handle(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: Buffer,
  fault: Fault | undefined,
) {
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
    case "delay":
      await new Promise((done) => setTimeout(done, 30));
  }
  const { status, headers, text } = await forwarded(target, incoming, body);
  const type = headers["content-type"];
  switch (fault) {
    case "reset after":
      outgoing.destroy();
      return;
    case "half an answer":
      outgoing.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) + 10 });
      outgoing.write(text.slice(0, text.length / 2), () => outgoing.destroy());
      return;
    case "500 after":
      return error(500, "internalError");
    case "page of a proxy after":
      return answer(outgoing, 200, HTML, "text/html");
    case "empty object after":
      return answer(outgoing, 200, "{}");
    default:
      return answer(outgoing, status, text, type);
  }
}

function answer(outgoing: ServerResponse, status: number, text: string, type = "application/json; charset=UTF-8") {
  if (status === 204) outgoing.writeHead(204).end();
  else outgoing.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) }).end(text);
}

async function bodyOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forwarded(target: string, incoming: IncomingMessage, body: Buffer) {
  return new Promise<{ status: number; headers: Record<string, string>; text: string }>((resolve, reject) => {
    const { host, connection, ...headers } = incoming.headers;
    const outgoing = send(`${target}${incoming.url}`, { method: incoming.method ?? "GET", headers }, (response) => {
      bodyOf(response).then(
        (text) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string>,
            text: text.toString("utf8"),
          }),
        reject,
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
