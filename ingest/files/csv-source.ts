import { Readable } from "node:stream";
import { type CsvError, parse } from "csv-parse";
import { LoadError } from "../../runner/api/loader.js";
import { fieldColumn, type SourceRecord, type SourceTable } from "./source-table.js";
import { type Content, decode } from "./unpack.js";

const SLICE = 1 << 16;
/** The separators that spreadsheets of one language or another write. */
const DELIMITERS = [",", ";", "\t", "|"] as const;

interface ParsedRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

/**
 * Opens a CSV file; fields may be separated by comma, semicolon, tab or bar, which the header tells.
 * @throws LoadError if it is damaged, not UTF-8 or empty. Quoting and ragged rows are checked while reading.
 */
export async function openCsv(content: Content): Promise<SourceTable> {
  const { path, name, modifiedAt } = content;
  const text = decode(content);
  const delimiter = delimiterOf(text);
  for await (const first of parseRecords(path, text, delimiter)) {
    const header = first.record.map((column) => column.trim());
    const records = () => dataRecords(path, text, delimiter, header.length);
    return { path, name, header, delimiter, modifiedAt, records };
  }
  throw new LoadError(path, 1, undefined, "the file is empty; a header line and rows are needed");
}

/** The separator that occurs most in the header, outside quotes. */
function delimiterOf(text: string): string {
  const header = (/^[^\n]*/.exec(text)?.[0] ?? "").replace(/"[^"]*"/g, "");
  const count = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best: string, next) => (count(next) > count(best) ? next : best), ",");
}

async function* dataRecords(
  path: string,
  text: string,
  delimiter: string,
  width: number,
): AsyncGenerator<SourceRecord> {
  let isHeader = true;
  for await (const { record, raw, info } of parseRecords(path, text, delimiter)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const line = info.lines - newlines(raw);
    if (record.length !== width) {
      const column = fieldColumn(raw, Math.min(width, record.length), delimiter);
      throw new LoadError(path, line, column, `the row has ${record.length} fields, the header has ${width}`);
    }
    yield { cells: record, line, raw };
  }
}

async function* parseRecords(path: string, text: string, delimiter: string): AsyncGenerator<ParsedRecord> {
  const parser = Readable.from(slices(text)).pipe(
    parse({
      bom: true,
      delimiter,
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
