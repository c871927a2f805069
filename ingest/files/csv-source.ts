import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { type CsvError, parse } from "csv-parse";
import { LoadError } from "../../runner/api/loader.js";
import { fieldColumn, type SourceRecord, type SourceTable } from "./source-table.js";

const SLICE = 1 << 16;
/** Far above any season's file, far below what a string can hold. */
const MAX_BYTES = 400 * 1024 * 1024;

interface ParsedRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

/**
 * Opens a CSV file, plain or gzip.
 * @throws LoadError if it is damaged, not UTF-8 or empty. Quoting and ragged rows are checked while reading.
 */
export async function openCsv(path: string): Promise<SourceTable> {
  const text = decode(path, readBytes(path));
  for await (const first of parseRecords(path, text)) {
    const header = first.record.map((name) => name.trim().toLowerCase());
    return { path, name: basename(path), header, records: () => dataRecords(path, text, header.length) };
  }
  throw new LoadError(path, 1, undefined, "the file is empty; a header line and rows are needed");
}

async function* dataRecords(path: string, text: string, width: number): AsyncGenerator<SourceRecord> {
  let isHeader = true;
  for await (const { record, raw, info } of parseRecords(path, text)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const line = info.lines - newlines(raw);
    if (record.length !== width) {
      const column = fieldColumn(raw, Math.min(width, record.length));
      throw new LoadError(path, line, column, `the row has ${record.length} fields, the header has ${width}`);
    }
    yield { cells: record, line, raw };
  }
}

async function* parseRecords(path: string, text: string): AsyncGenerator<ParsedRecord> {
  const parser = Readable.from(slices(text)).pipe(
    parse({
      bom: true,
      info: true,
      raw: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ["\r\n", "\n"],
    }),
  );
  try {
    for await (const record of parser) yield record as ParsedRecord;
  } catch (error) {
    if (!isCsvError(error)) throw error;
    const line = typeof error.lines === "number" ? error.lines : undefined;
    const quote = line === undefined ? -1 : (text.split("\n", line)[line - 1]?.indexOf('"') ?? -1);
    const problem = error.code === "CSV_QUOTE_NOT_CLOSED" ? "a quote is never closed" : "a quote is out of place";
    throw new LoadError(path, line, quote < 0 ? undefined : quote + 1, `${problem}: not valid CSV`);
  }
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && /QUOTE|^CSV_/.test(String(error.code));
}

function* slices(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += SLICE) yield text.slice(at, at + SLICE);
}

function newlines(raw: string): number {
  return raw.replace(/\r?\n?$/, "").split("\n").length - 1;
}

function readBytes(path: string): Buffer {
  const bytes = readFile(path);
  if (!path.endsWith(".gz")) return bytes;
  if (bytes.length === 0) throw new LoadError(path, undefined, undefined, "the file is empty");
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const detail =
      code === "Z_BUF_ERROR"
        ? "the gzip file is cut off; fetch it again"
        : code === "ERR_BUFFER_TOO_LARGE"
          ? `the file is larger than ${MAX_BYTES / 1024 / 1024} MB unpacked; split it by season`
          : `not a valid gzip file (${error instanceof Error ? error.message : String(error)}); fetch it again`;
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

function decode(path: string, bytes: Buffer): string {
  if (bytes.length > MAX_BYTES) {
    throw new LoadError(path, undefined, undefined, `larger than ${MAX_BYTES / 1024 / 1024} MB; split it by season`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuseEncoding(path, bytes);
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
