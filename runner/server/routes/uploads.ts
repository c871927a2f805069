import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { ApiRequest, Route } from "../http/request.js";
import type { JobService } from "../jobs/service.js";
import { ApiError, notFound } from "../protocol/errors.js";
import { insertJob } from "./jobs.js";
import { splitRelated } from "./multipart.js";

/** The second one is that of older clients. */
const URLS = ["/upload/bigquery/v2/projects/:project/jobs", "/resumable/upload/bigquery/v2/projects/:project/jobs"];
/** An upload that its client has given up. */
const CLOSED_BY_CLIENT = 499;
/** Uploads that nobody has gone on with for so long are given up, in milliseconds. */
const KEPT_MS = 24 * 3_600_000;

interface Resumable {
  readonly body: unknown;
  /** The file that holds what has come. */
  readonly path: string;
  received: number;
  at: number;
  /** The job, once all has come: a client that did not hear of it asks again. */
  job?: unknown;
}

/** Jobs that come with their file: all at once, or piece by piece. */
export function uploadRoutes(service: JobService): readonly Route[] {
  const open = new Map<string, Resumable>();
  return URLS.flatMap((url): readonly Route[] => [
    {
      method: "POST",
      url,
      takesStream: true,
      handle: async (request) => {
        if (request.query.uploadType === "resumable") return begin(service, request, open);
        if (request.query.uploadType === "multipart") return { body: await multipart(service, request) };
        throw new ApiError("invalid", "uploadType must be multipart or resumable", "uploadType");
      },
    },
    { method: "PUT", url, takesStream: true, handle: async (request) => goOn(service, request, open) },
    {
      method: "DELETE",
      url,
      handle: async ({ query }) => {
        const id = query.upload_id ?? "";
        const upload = open.get(id);
        if (upload === undefined) throw notFound("Job", `of upload ${id}`);
        open.delete(id);
        service.uploads.remove(upload.path);
        return { code: CLOSED_BY_CLIENT };
      },
    },
  ]);
}

async function multipart(service: JobService, request: ApiRequest) {
  const { metadata, media } = await splitRelated(bodyOf(request), request.headers["content-type"]);
  const path = service.uploads.begin();
  await service.uploads.append(path, media);
  return insertJob(service, request, metadata, path);
}

async function begin(service: JobService, request: ApiRequest, open: Map<string, Resumable>) {
  for (const [id, { at, path }] of open)
    if (Date.now() - at > KEPT_MS) {
      open.delete(id);
      service.uploads.remove(path);
    }
  const id = randomUUID();
  const body = request.body instanceof Readable ? parsed(await text(request.body)) : request.body;
  open.set(id, { body, path: service.uploads.begin(), received: 0, at: Date.now() });
  const host = request.headers.host ?? "localhost";
  const path = `/upload/bigquery/v2/projects/${encodeURIComponent(request.project)}/jobs`;
  const location = `http://${host}${path}?uploadType=resumable&upload_id=${id}`;
  return { code: 200, headers: { location, "x-guploader-uploadid": id }, body: {} };
}

async function goOn(service: JobService, request: ApiRequest, open: Map<string, Resumable>) {
  const id = request.query.upload_id ?? "";
  const upload = open.get(id);
  if (upload === undefined) throw notFound("Job", `of upload ${id}`);
  upload.at = Date.now();
  if (upload.job !== undefined) return { body: upload.job };
  const range = contentRange(request.headers["content-range"]);
  const piece = range?.asks === true ? Buffer.alloc(0) : await bytesOf(bodyOf(request));
  const start = range?.start ?? 0;
  if (piece.length > 0) {
    if (start > upload.received)
      throw new ApiError("invalid", `Upload ${id} has ${upload.received} bytes, but the piece begins at ${start}`);
    // What came before is not taken twice.
    const rest = piece.subarray(upload.received - start);
    if (range?.total !== undefined && start + piece.length > range.total)
      throw new ApiError("invalid", `Upload ${id} has ${range.total} bytes, but more came`);
    await service.uploads.append(upload.path, rest);
    upload.received += rest.length;
  }
  const total = range === undefined ? upload.received : range.total;
  if (total === undefined || upload.received < total) {
    const received = upload.received === 0 ? {} : { range: `bytes=0-${upload.received - 1}` };
    return { code: 308, headers: received };
  }
  upload.job = await insertJob(service, request, upload.body, upload.path).catch((cause: unknown) => {
    open.delete(id);
    service.uploads.remove(upload.path);
    throw cause;
  });
  return { body: upload.job };
}

/** `bytes 0-99/100`, `bytes 0-99/*`, or `bytes *\/100`, which asks how far the upload is. */
function contentRange(
  header: string | undefined,
): { readonly start: number | undefined; readonly total: number | undefined; readonly asks: boolean } | undefined {
  if (header === undefined) return undefined;
  const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(header.trim());
  if (match === null) throw new ApiError("invalid", `Invalid Content-Range: ${header}`);
  const total = match[3] === "*" ? undefined : Number(match[3]);
  return { start: match[1] === undefined ? undefined : Number(match[1]), total, asks: match[1] === undefined };
}

function bodyOf({ body }: ApiRequest): Readable {
  if (body instanceof Readable) return body;
  return Readable.from(body === undefined ? [] : [Buffer.from(JSON.stringify(body))]);
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

function parsed(json: string): unknown {
  try {
    return json.trim() === "" ? undefined : JSON.parse(json);
  } catch {
    throw new ApiError("parseError", "Parse Error");
  }
}
