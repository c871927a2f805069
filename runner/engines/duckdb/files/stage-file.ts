import type { DuckDBConnection } from "@duckdb/node-api";
import { EngineError } from "../../../port/engine-error.js";
import type { LoadFileRequest } from "../../../port/load-file.js";
import { quoteName, quoteText } from "../quote.js";
import type { StagedColumn } from "./column-types.js";
import { isJsonList, lineOfCsvRow, lineOfText, readCsvHead } from "./read-head.js";

/** A file's rows in a temporary table, with the number of each row, from 1, in `ORDINAL`. */
export interface StagedFile {
  readonly table: string;
  readonly columns: readonly StagedColumn[];
  /** `:7` for a file of lines, ` row 7` for another one. */
  placeOf(row: number): Promise<string>;
}

export const ORDINAL = "__row";
const STAGE = "temp.seed_stage";

/**
 * Reads a file with DuckDB's own readers; nothing about its form is guessed but the separator of a CSV, which its header tells.
 * @throws EngineError `data` for a file that is damaged or has no columns
 */
export async function stageFile(connection: DuckDBConnection, request: LoadFileRequest): Promise<StagedFile> {
  try {
    if (request.format === "csv") return await stageCsv(connection, request);
    return await (request.format === "json" ? stageJson : stageParquet)(connection, request);
  } catch (cause) {
    throw readError(request, cause);
  }
}

async function stageCsv(connection: DuckDBConnection, { path, shown }: LoadFileRequest): Promise<StagedFile> {
  const head = await readCsvHead(path);
  if (head === undefined) throw new EngineError("data", `${shown}:1: the file is empty; a header line is needed`);
  const { header, delimiter } = head;
  const nameless = header.indexOf("");
  if (nameless >= 0) throw new EngineError("data", `${shown}:1: column ${nameless + 1} of the header has no name`);
  refuseTwice(header, `${shown}:1`);
  const columns = header.map((name, index) => ({ name, key: `c${index}`, stored: undefined }));
  const options = [
    quoteText(literalPath(path)),
    "auto_detect = false, header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false",
    "strict_mode = true, null_padding = false, ignore_errors = false, hive_partitioning = false",
    `delim = ${quoteText(delimiter)}, quote = '"', escape = '"', max_line_size = 100000000`,
    `compression = '${compressionOf(path)}'`,
    `columns = {${columns.map(({ key }) => `'${key}': 'VARCHAR'`).join(", ")}}`,
  ];
  await stage(connection, `read_csv(${options.join(", ")})`, "*");
  return { table: STAGE, columns, placeOf: async (row) => `:${await lineOfCsvRow(path, delimiter, row)}` };
}

async function stageJson(connection: DuckDBConnection, { path, shown }: LoadFileRequest): Promise<StagedFile> {
  const isLines = !(await isJsonList(path));
  const options = [
    quoteText(literalPath(path)),
    `format = '${isLines ? "newline_delimited" : "array"}', records = true`,
    "sample_size = -1, maximum_depth = -1, map_inference_threshold = -1, field_appearance_threshold = 0",
    "convert_strings_to_integers = false, dateformat = '%Y-%m-%d', ignore_errors = false, hive_partitioning = false",
    `maximum_object_size = 100000000, compression = '${compressionOf(path)}'`,
  ];
  const source = `read_json(${options.join(", ")})`;
  const described = await describe(connection, source);
  refuseTwice(
    described.map(([name]) => name),
    shown,
  );
  const columns = described.map(([name, type], index) => {
    const isNested = /[[(]/.test(type) && !/^DECIMAL/.test(type);
    return { name, key: `c${index}`, stored: isNested ? type : undefined };
  });
  const selected = columns.map(({ name, key, stored }, index) => {
    const value = quoteName(name);
    // A JSON column of texts and other things: a text without its quotes.
    const text =
      { JSON: `${value} ->> '$'`, DOUBLE: wholeText(value) }[described[index]?.[1] ?? ""] ??
      `CAST(${value} AS VARCHAR)`;
    return `${stored === undefined ? text : value} AS ${key}`;
  });
  await stage(connection, source, selected.join(", "));
  return {
    table: STAGE,
    columns,
    placeOf: async (row) => (isLines ? `:${await lineOfText(path, row)}` : ` row ${row}`),
  };
}

async function stageParquet(connection: DuckDBConnection, { path }: LoadFileRequest): Promise<StagedFile> {
  const source = `read_parquet(${quoteText(literalPath(path))}, hive_partitioning = false, union_by_name = false)`;
  const columns = (await describe(connection, source)).map(([name, stored], index) => ({
    name,
    key: `c${index}`,
    stored,
  }));
  await stage(connection, source, columns.map(({ name, key }) => `${quoteName(name)} AS ${key}`).join(", "));
  return { table: STAGE, columns, placeOf: async (row) => ` row ${row}` };
}

async function stage(connection: DuckDBConnection, source: string, selected: string): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE seed_stage AS SELECT row_number() OVER () AS ${ORDINAL}, ${selected} FROM ${source}`,
  );
}

async function describe(connection: DuckDBConnection, source: string): Promise<(readonly [string, string])[]> {
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
  return reader.getRowsJson().map((row) => [String(row[0]), String(row[1])] as const);
}

function refuseTwice(names: readonly string[], place: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase()))
      throw new EngineError("data", `${place}: column ${name} stands twice; give each column a name of its own`);
    seen.add(name.toLowerCase());
  }
}

function compressionOf(path: string): string {
  return path.toLowerCase().endsWith(".gz") ? "gzip" : "uncompressed";
}

/** One fraction in a column makes all its numbers FLOAT64: a whole one is written as what it was in the file. */
function wholeText(value: string): string {
  return `CASE WHEN ${value} = trunc(${value}) AND abs(${value}) < 9e15 THEN CAST(CAST(${value} AS BIGINT) AS VARCHAR) ELSE CAST(${value} AS VARCHAR) END`;
}

/** DuckDB takes file names for patterns; a bracketed character stands for itself. */
function literalPath(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

/** What DuckDB says about a file, as one line. */
function readError({ shown, format }: LoadFileRequest, cause: unknown): unknown {
  if (cause instanceof EngineError || !(cause instanceof Error)) return cause;
  const { message } = cause;
  const line = /(?:CSV Error on Line: |in line |in record\/value )(\d+)/.exec(message)?.[1];
  const place = line === undefined ? shown : `${shown}:${line}`;
  const width = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (width !== null)
    return new EngineError("data", `${place}: the row has ${width[2]} fields, the header has ${width[1]}`);
  if (/unterminated quote|quote/i.test(message) && format === "csv")
    return new EngineError("data", `${place}: a quote is out of place or never closed: not valid CSV`);
  if (/unicode|utf-?8/i.test(message))
    return new EngineError("data", `${place}: the file is not UTF-8; convert it first`);
  if (/non-record JSON|expected records/.test(message))
    return new EngineError("data", `${place}: there must be an object a line, or one list of objects`);
  if (/Malformed JSON/.test(message))
    return new EngineError(
      "data",
      `${place}: not valid JSON: ${/: ([^:\n]+?)\.? *(?:\n|$)/.exec(message)?.[1] ?? "it is malformed"}`,
    );
  const kind = { csv: "CSV", json: "JSON", parquet: "Parquet" }[format];
  const detail = (message.split("\n", 1)[0] ?? "").replace(/^[\w ]+ Error: /, "").trim();
  return new EngineError("data", `${place}: not a readable ${kind} file (${detail})`);
}
