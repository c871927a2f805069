import { gzipSync } from "node:zlib";
import { partOf } from "./partial-response.js";
import type { ApiAnswer, ApiRequest } from "./request.js";

/** Smaller answers are not worth it; larger ones are sent within one machine sooner than they are packed. */
const LEAST_PACKED = 256;
const MOST_PACKED = 65_536;

/** The bytes of an answer of JSON, as the client wants them. */
export interface WrittenAnswer {
  readonly code: number;
  readonly bytes: Buffer | undefined;
  readonly isPacked: boolean;
}

/**
 * Writes an answer: the part that is asked for by `fields`, with blanks for `prettyPrint`, packed for whom takes that, or nothing but 304 for
 * whom has it already.
 */
export function writtenAnswer(
  { code = 200, body }: ApiAnswer,
  { method, query, headers }: Pick<ApiRequest, "method" | "query" | "headers">,
): WrittenAnswer {
  if (body === undefined) return { code, bytes: undefined, isPacked: false };
  const etag = (body as { readonly etag?: string }).etag;
  if (method === "GET" && etag !== undefined && isKnown(headers["if-none-match"], etag))
    return { code: 304, bytes: undefined, isPacked: false };
  const bytes = written(body, query.fields, query.prettyPrint === "true");
  const isPacked = bytes.length >= LEAST_PACKED && bytes.length <= MOST_PACKED && takesGzip(headers);
  return { code, bytes: isPacked ? gzipSync(bytes, { level: 1 }) : bytes, isPacked };
}

function written(body: unknown, fields: string | undefined, isPretty: boolean): Buffer {
  if (Buffer.isBuffer(body) && !fields && !isPretty) return body;
  const given: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString()) : body;
  const part = fields ? partOf(JSON.parse(JSON.stringify(given)), fields) : given;
  return Buffer.from(isPretty ? `${JSON.stringify(part, undefined, 2)}\n` : JSON.stringify(part));
}

const isKnown = (wanted: string | undefined, etag: string): boolean =>
  (wanted ?? "").split(",").some((tag) => tag.trim().replace(/^(?:W\/)?"?(.*?)"?$/, "$1") === etag);

/** As the service has it: a client says so twice. https://cloud.google.com/bigquery/docs/api-performance */
const takesGzip = (headers: ApiRequest["headers"]): boolean =>
  /\bgzip\b/i.test(headers["accept-encoding"] ?? "") && /gzip/i.test(headers["user-agent"] ?? "");
