import type { Readable } from "node:stream";
import { ApiError } from "../protocol/errors.js";

/**
 * The two parts of a multipart/related body: a JSON document, and the file.
 * @throws ApiError for a body of another form
 */
export async function splitRelated(
  stream: Readable,
  contentType: string | undefined,
): Promise<{ readonly metadata: unknown; readonly media: Buffer }> {
  const boundary = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? "");
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined)
    throw new ApiError("badRequest", "Missing boundary in the Content-Type of a multipart upload");
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  const parts = partsOf(Buffer.concat(chunks), Buffer.from(`--${mark}`));
  const [first, second] = parts;
  if (first === undefined || second === undefined || parts.length !== 2)
    throw new ApiError("badRequest", `A multipart upload has two parts, but ${parts.length} came`);
  return { metadata: parseMetadata(first.toString("utf8")), media: second };
}

/** The bodies of the parts, without their headers. */
function partsOf(body: Buffer, mark: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let at = body.indexOf(mark);
  while (at >= 0) {
    const start = at + mark.length;
    if (body.subarray(start, start + 2).toString("latin1") === "--") break;
    const next = body.indexOf(Buffer.concat([Buffer.from("\n"), mark]), start);
    if (next < 0) throw new ApiError("badRequest", "A multipart upload ends without its closing boundary");
    const part = withoutHeaders(body.subarray(start, body[next - 1] === CARRIAGE_RETURN ? next - 1 : next));
    parts.push(part);
    at = next + 1;
  }
  return parts;
}

const CARRIAGE_RETURN = 13;

/** Lines end with CR LF; some clients write LF alone. */
function withoutHeaders(part: Buffer): Buffer {
  const ends = [part.indexOf("\r\n\r\n"), part.indexOf("\n\n")];
  const [crlf = -1, lf = -1] = ends;
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return part.subarray(crlf + 4);
  if (lf >= 0) return part.subarray(lf + 2);
  throw new ApiError("badRequest", "A part of a multipart upload has no headers");
}

function parseMetadata(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError("parseError", "Parse Error");
  }
}
