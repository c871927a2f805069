import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** How a CSV file is written, as its first line tells. */
export interface CsvHead {
  readonly delimiter: string;
  readonly header: readonly string[];
}

/** The separator and the header of a CSV file; undefined: the file is empty. */
export async function readCsvHead(path: string): Promise<CsvHead | undefined> {
  const first = (await firstLine(path))?.replace(/^\uFEFF/, "");
  if (first === undefined || first.trim() === "") return undefined;
  const delimiter = delimiterOf(first);
  for await (const { record } of records(path, delimiter))
    return { delimiter, header: record.map((name) => name.trim()) };
  return undefined;
}

/** The 1-based line on which a row of a CSV file begins; `row` counts from 1, the header not included. */
export async function lineOfCsvRow(path: string, delimiter: string, row: number): Promise<number> {
  let before = 0;
  let count = -1;
  for await (const { info, raw } of records(path, delimiter)) {
    count += 1;
    before = info.lines - (raw.replace(/^(\r?\n)+|\r?\n$/g, "").split("\n").length - 1);
    if (count === row) break;
  }
  return before;
}

/** A record of a CSV file, the first being 0; undefined: it has fewer. */
export async function recordOfCsv(
  path: string,
  delimiter: string,
  index: number,
): Promise<readonly string[] | undefined> {
  let count = 0;
  for await (const { record } of records(path, delimiter)) {
    if (count === index) return record;
    count += 1;
  }
  return undefined;
}

/** The 1-based line of the nth text of a file that is not blank; `row` counts from 1. */
export async function lineOfText(path: string, row: number): Promise<number> {
  let line = 0;
  let count = 0;
  for await (const text of createInterface({ input: open(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() !== "") count += 1;
    if (count === row) break;
  }
  return line;
}

/** The separator that occurs most, outside quotes. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, "");
  const count = (delimiter: string) => bare.split(delimiter).length;
  return DELIMITERS.reduce((best: string, next) => (count(next) > count(best) ? next : best), ",");
}

async function firstLine(path: string): Promise<string | undefined> {
  for await (const line of createInterface({ input: open(path) })) return line;
  return undefined;
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

async function* records(path: string, delimiter: string): AsyncGenerator<CsvRecord> {
  const options = { bom: true, delimiter, info: true, raw: true, relax_column_count: true, skip_empty_lines: true };
  const parser = open(path).pipe(parse({ ...options, record_delimiter: ["\r\n", "\n"] }));
  for await (const record of parser) yield record as CsvRecord;
}

function open(path: string): Readable {
  const file = createReadStream(path);
  return path.toLowerCase().endsWith(".gz") ? file.pipe(createGunzip()) : file;
}
