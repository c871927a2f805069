import type { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { ApiError, apiError } from "../protocol/errors.js";
import { parseExactJson } from "../values/exact-json.js";
import { answerBatch, PART_HEADER } from "./batch.js";
import { callerOf } from "./caller.js";
import { type ApiAnswer, type ApiRequest, apiRequest, type Route } from "./request.js";
import { writtenAnswer } from "./written-answer.js";

export interface AppOptions {
  readonly location: string;
  /** Clients must send it as a bearer token; undefined: anybody on this machine may. */
  readonly token: string | undefined;
  /** Told of each request that was answered. */
  readonly log: ((line: string) => void) | undefined;
  /** Pages that this server has given out may ask it; those of others never. */
  readonly servesPages?: boolean;
}

/** As the service writes it; clients tell errors that may be tried again by it. */
const JSON_TYPE = "application/json; charset=UTF-8";
/** The service itself takes requests of up to 10 MB; uploads are streamed. */
const MOST_BYTES = 64 * 1024 * 1024;

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** The HTTP side: who may ask, bodies in and out, errors. */
export function createApp(routes: readonly Route[], options: AppOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: MOST_BYTES,
    forceCloseConnections: "idle",
    routerOptions: { caseSensitive: true, maxParamLength: 2048 },
  });
  app.addHook("onRequest", async (request) => admit(request, options));
  app.addHook("preParsing", async (request, _reply, payload) => unpacked(request, payload));
  if (options.log !== undefined)
    app.addHook("onResponse", async (request, reply) => {
      // A batch is one call.
      if (request.headers[PART_HEADER] === undefined) options.log?.(logLine(request, reply));
    });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, async (request: FastifyRequest, text: string) =>
    parsedJson(text, configOf(request).keepsNumbers === true),
  );
  // The service asks no body what it calls itself: a client sends packed rows as `application/octet-stream`.
  app.addContentTypeParser("*", async (request: FastifyRequest, payload: Readable) => {
    const { takesStream = false, keepsNumbers } = configOf(request);
    return takesStream ? payload : parsedJson(await readText(payload), keepsNumbers === true);
  });
  app.setErrorHandler((cause, request, reply) => {
    const project = (request.params as { project?: string } | undefined)?.project ?? "";
    const error = httpError(cause, project, options.location);
    return send(reply, { code: error.httpCode, body: error.body });
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new ApiError("notFound", `Not found: ${request.method} ${request.url.split("?")[0]}`);
    return send(reply, { code: 404, body: error.body });
  });
  for (const { method, url, handle, isOpen = false, keepsNumbers = false, takesStream = false } of routes)
    app.route({
      method,
      url,
      config: { isOpen, keepsNumbers, takesStream } satisfies RouteConfig,
      handler: async (request, reply) => {
        const asked = apiRequest(request, options.token);
        return send(reply, await handle(asked), asked);
      },
    });
  app.post("/batch/bigquery/v2", { config: { takesStream: true } satisfies RouteConfig }, async (request, reply) => {
    const { type, text } = await answerBatch(app, request);
    return reply.header("content-type", type).send(text);
  });
  return app;
}

type RouteConfig = Pick<Route, "isOpen" | "keepsNumbers" | "takesStream">;

/** What is said of the route that answers. */
const configOf = ({ routeOptions }: FastifyRequest): RouteConfig =>
  (routeOptions.config as RouteConfig | undefined) ?? {};

function send(reply: FastifyReply, answer: ApiAnswer, asked?: ApiRequest): FastifyReply {
  const { code = 200, body, headers = {}, content } = answer;
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  if (content !== undefined) return reply.code(code).header("content-type", content.type).send(content.data);
  // A buffer, because the library would write the type of a text its own way.
  if (asked === undefined)
    return reply
      .code(code)
      .header("content-type", JSON_TYPE)
      .send(Buffer.from(JSON.stringify(body)));
  const { code: told, bytes, isPacked } = writtenAnswer(answer, asked);
  reply.code(told);
  if (bytes === undefined) return reply.send();
  if (isPacked) reply.header("content-encoding", "gzip");
  const { etag } = (body ?? {}) as { readonly etag?: string };
  if (etag !== undefined) reply.header("etag", `"${etag}"`);
  return reply.header("vary", "Accept-Encoding").header("content-type", JSON_TYPE).send(bytes);
}

/** Only this machine's own programs may ask, and pages of this server: no other page, whatever name it has for this address. */
function admit(request: FastifyRequest, { token, servesPages = false }: AppOptions): void {
  const { headers } = request;
  if (!LOOPBACK.test(headers.host ?? ""))
    throw new ApiError("accessDenied", `Access Denied: Host ${headers.host ?? ""} is not this machine`);
  const isOwn = servesPages && headers.origin === `http://${headers.host}`;
  if (headers.origin !== undefined && !isOwn)
    throw new ApiError("accessDenied", "Access Denied: requests of web pages are refused");
  if (token === undefined || configOf(request).isOpen === true) return;
  if (callerOf(headers.authorization, token) === undefined)
    throw new ApiError(
      "authError",
      "Request had invalid authentication credentials. Expected the token of this server.",
    );
}

function unpacked({ headers }: FastifyRequest, payload: Readable): Readable {
  if (headers["content-encoding"]?.toLowerCase() !== "gzip") return payload;
  delete headers["content-length"];
  return payload.pipe(createGunzip());
}

function parsedJson(text: string, keepsNumbers: boolean): unknown {
  if (text.trim() === "") return undefined;
  try {
    return keepsNumbers ? parseExactJson(text) : JSON.parse(text);
  } catch {
    throw new ApiError("parseError", "Parse Error");
  }
}

function httpError(cause: unknown, project: string, location: string): ApiError {
  const status = (cause as { statusCode?: number } | undefined)?.statusCode;
  if (!(cause instanceof ApiError) && status !== undefined && status >= 400 && status < 500)
    return new ApiError("badRequest", (cause as Error).message);
  return apiError(cause, { project, location });
}

function logLine(request: FastifyRequest, reply: FastifyReply): string {
  return `${new Date().toISOString()} ${request.method} ${request.url.split("?")[0]} ${reply.statusCode} ${reply.elapsedTime.toFixed(1)} ms`;
}
