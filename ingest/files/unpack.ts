import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { LoadError } from "../../runner/api/loader.js";

/** Far above any season's file, far below what a string can hold. */
const MAX_BYTES = 400 * 1024 * 1024;

/** Text content on its way to a reader: a file, a gzip file unpacked, or one member of an archive. */
export interface Content {
  /** The path as the user gave it, and behind `!` the member of an archive. */
  readonly path: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly modifiedAt: number;
}

/** The container of a file by its name, in any case. */
export function containerOf(path: string): "csv" | "json" | "parquet" | "zip" | undefined {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  if (/\.(?:csv|tsv)$/.test(name)) return "csv";
  if (/\.(?:json|jsonl|ndjson)$/.test(name)) return "json";
  if (name.endsWith(".parquet")) return name === path.toLowerCase() ? "parquet" : undefined;
  return name.endsWith(".zip") && name === path.toLowerCase() ? "zip" : undefined;
}

/**
 * The content of a file, or of each member of a zip archive.
 * @throws LoadError if it cannot be read, is damaged or is larger than 400 MB unpacked.
 */
export function unpack(path: string): Content[] {
  const bytes = readFile(path);
  const modifiedAt = statSync(path).mtimeMs;
  if (containerOf(path) === "zip") return members(path, bytes, modifiedAt);
  return [{ path, name: basename(path), bytes: isGzip(path, bytes) ? gunzip(path, bytes) : bytes, modifiedAt }];
}

function members(path: string, bytes: Buffer, modifiedAt: number): Content[] {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (originalSize > MAX_BYTES) throw tooLarge(`${path}!${name}`);
        return !name.endsWith("/") && !/(?:^|\/)(?:__MACOSX\/|\.)/.test(name);
      },
    });
  } catch (error) {
    if (error instanceof LoadError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new LoadError(path, undefined, undefined, `not a readable zip file (${detail}); fetch it again`);
  }
  return Object.entries(files).map(([name, content]) => {
    const member = `${path}!${name}`;
    return {
      path: member,
      name: basename(name),
      bytes: isGzip(name, content) ? gunzip(member, content) : content,
      modifiedAt,
    };
  });
}

/** By the name, or by the two bytes that gzip begins with and no text does: some servers send a packed file under a plain name. */
function isGzip(path: string, bytes: Uint8Array): boolean {
  return /\.gz$/i.test(path) || (bytes[0] === 0x1f && bytes[1] === 0x8b);
}

function gunzip(path: string, bytes: Uint8Array): Buffer {
  if (bytes.length === 0) throw new LoadError(path, undefined, undefined, "the file is empty");
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(path);
    const detail =
      code === "Z_BUF_ERROR"
        ? "the gzip file is cut off; fetch it again"
        : `not a valid gzip file (${error instanceof Error ? error.message : String(error)}); fetch it again, or name it without .gz if it is not packed`;
    throw new LoadError(path, undefined, undefined, detail);
  }
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new LoadError(path, undefined, undefined, `cannot be read (${reason})`);
  }
}

function tooLarge(path: string): LoadError {
  return new LoadError(
    path,
    undefined,
    undefined,
    `larger than ${MAX_BYTES / 1024 / 1024} MB unpacked; split it by season`,
  );
}

/**
 * Content as text.
 * @throws LoadError with line and column if it is larger than 400 MB or not UTF-8.
 */
export function decode({ path, bytes }: Content): string {
  if (bytes.length > MAX_BYTES) throw tooLarge(path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuseEncoding(path, Buffer.from(bytes));
  }
}

/** Finds the first line that is no UTF-8: a line break never is part of another character. */
function refuseEncoding(path: string, bytes: Buffer): never {
  let line = 1;
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const part = bytes.subarray(start, end);
    const replaced = part.toString("utf-8");
    if (!Buffer.from(replaced, "utf-8").equals(part)) {
      throw new LoadError(path, line, replaced.indexOf("\ufffd") + 1, "not UTF-8; save the file as UTF-8");
    }
    start = end;
    line++;
  }
  throw new LoadError(path, undefined, undefined, "not UTF-8; save the file as UTF-8");
}
