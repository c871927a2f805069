import type { DuckDBConnection } from "@duckdb/node-api";
import { EngineError } from "../../../port/engine-error.js";
import type { LoadFileRequest } from "../../../port/load-file.js";
import type { Column } from "../../../port/sql-types.js";
import { quoteName, quoteText } from "../quote.js";
import { writeRecords } from "./json-records.js";
import { lineOfCsvRow, lineOfText, readCsvHead } from "./read-head.js";
import { readAs, type StagedColumn, shapeOfStored, TEXT } from "./staged-shape.js";

/** A file's rows in a temporary table, with the number of each row, from 1, in `ORDINAL`. */
export interface StagedFile {
  readonly table: string;
  readonly columns: readonly StagedColumn[];
  /** `:7` for a file of lines, ` row 7` for another one. */
  placeOf(row: number): Promise<string>;
}

export const ORDINAL = "__row";
/** Where the rows of a file stand until they are in their table. */
export const STAGE = "temp.main.seed_stage";

/** A file to be staged. */
export type FileToStage = Pick<LoadFileRequest, "path" | "shown" | "format"> & {
  /** It is compressed whatever it is called. */
  readonly isGzip?: boolean;
  /** The columns of the table that it is for, where that is there. */
  readonly known?: readonly Column[] | undefined;
};

/**
 * Reads a file with DuckDB's own readers; nothing about its form is guessed but the separator of a CSV, which its header tells.
 * @throws EngineError `data` for a file that is damaged or has no columns
 */
export async function stageFile(connection: DuckDBConnection, request: FileToStage): Promise<StagedFile> {
  try {
    if (request.format === "csv") return await stageCsv(connection, request);
    return await (request.format === "json" ? stageJson : stageParquet)(connection, request);
  } catch (cause) {
    throw readError(request, cause);
  }
}

async function stageCsv(connection: DuckDBConnection, { path, shown, isGzip }: FileToStage): Promise<StagedFile> {
  const head = await readCsvHead(path);
  if (head === undefined)
    throw new EngineError("data", `${shown}:1: the file is empty, or its first line is; a header line is needed`);
  const { header, delimiter } = head;
  const nameless = header.indexOf("");
  if (nameless >= 0) throw new EngineError("data", `${shown}:1: column ${nameless + 1} of the header has no name`);
  refuseTwice(header, `${shown}:1`);
  const columns = header.map((name, index) => ({ name, key: `c${index}`, shape: TEXT }));
  const keys = columns.map(({ key }) => key);
  const dialect = { delimiter, quote: '"', nullMarker: "", skip: undefined, isJagged: false, isGzip: isGzip === true };
  const options = [...csvOptions({ path, ...dialect }, keys), "header = true"];
  await stageRows(connection, `read_csv(${options.join(", ")})`, "*");
  return { table: STAGE, columns, placeOf: async (row) => `:${await lineOfCsvRow(path, delimiter, row)}` };
}

/** How a CSV file is read: as it is described, nothing guessed, every field a text. */
export function csvOptions(
  file: {
    readonly path: string;
    readonly delimiter: string;
    readonly quote: string;
    readonly nullMarker: string;
    readonly skip: number | undefined;
    readonly isJagged: boolean;
    readonly isGzip: boolean;
  },
  keys: readonly string[],
): readonly string[] {
  return [
    quoteText(literalPath(file.path)),
    "auto_detect = false, all_varchar = true, allow_quoted_nulls = false",
    `strict_mode = true, null_padding = ${file.isJagged}, ignore_errors = false, hive_partitioning = false`,
    `skip = ${file.skip ?? 0}, nullstr = ${quoteText(file.nullMarker)}`,
    `delim = ${quoteText(file.delimiter)}, quote = ${quoteText(file.quote)}, escape = ${quoteText(file.quote)}`,
    `max_line_size = 100000000, compression = '${compressionOf(file.path, file.isGzip)}'`,
    `columns = {${keys.map((key) => `'${key}': 'VARCHAR'`).join(", ")}}`,
  ];
}

/** DuckDB's words for an object that has a key twice, and the record in which it has. */
const TWICE = /in line (\d+): Object .* has duplicate key "([^"]*)"/s;

async function stageJson(
  connection: DuckDBConnection,
  { path, shown, isGzip = path.toLowerCase().endsWith(".gz"), known }: FileToStage,
): Promise<StagedFile> {
  const records = await writeRecords({ path, shown, isGzip }, known);
  const placeOf = async (row: number) => (records.isLines ? `:${await lineOfText(path, row)}` : ` row ${row}`);
  try {
    const columns = records.fields.map(({ name, shape }, index) => ({ name, key: `c${index}`, shape }));
    const read = columns.map(({ name, shape }) => `${quoteText(name)}: ${quoteText(readAs(shape))}`);
    const source = `read_json(${quoteText(literalPath(records.path))}, format = 'newline_delimited', records = true,
      columns = {${read.join(", ")}}, maximum_object_size = 100000000, compression = 'uncompressed')`;
    if (columns.length > 0)
      await stageRows(connection, source, columns.map(({ name, key }) => `${quoteName(name)} AS ${key}`).join(", "));
    else await stageRows(connection, `range(${records.count})`, "NULL AS nothing");
    return { table: STAGE, columns, placeOf };
  } catch (cause) {
    const [, row, key] = TWICE.exec(cause instanceof Error ? cause.message : "") ?? [];
    if (row === undefined) throw cause;
    throw new EngineError("data", `${shown}${await placeOf(Number(row))}: column ${key} stands twice`);
  } finally {
    records.remove();
  }
}

async function stageParquet(connection: DuckDBConnection, { path }: FileToStage): Promise<StagedFile> {
  const source = `read_parquet(${quoteText(literalPath(path))}, hive_partitioning = false, union_by_name = false)`;
  const columns = (await describe(connection, source)).map(([name, stored], index) => ({
    name,
    key: `c${index}`,
    shape: shapeOfStored(stored),
  }));
  await stageRows(connection, source, columns.map(({ name, key }) => `${quoteName(name)} AS ${key}`).join(", "));
  return { table: STAGE, columns, placeOf: async (row) => ` row ${row}` };
}

/** Numbers the rows of a source and keeps them. */
export async function stageRows(connection: DuckDBConnection, source: string, selected: string): Promise<void> {
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

function compressionOf(path: string, isGzip = false): string {
  return isGzip || path.toLowerCase().endsWith(".gz") ? "gzip" : "uncompressed";
}

/** DuckDB takes file names for patterns; a bracketed character stands for itself. */
function literalPath(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

/**
 * What DuckDB says about a file, as one line.
 * @param isListed its columns are known without a header
 */
export function readError(
  { shown, format, isListed = false }: Pick<LoadFileRequest, "shown" | "format"> & { readonly isListed?: boolean },
  cause: unknown,
): unknown {
  if (cause instanceof EngineError || !(cause instanceof Error)) return cause;
  const { message } = cause;
  const line = /(?:CSV Error on Line: |in line |in record\/value )(\d+)/.exec(message)?.[1];
  const place = line === undefined ? shown : `${shown}:${line}`;
  const width = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (width !== null && isListed)
    return new EngineError("data", `${place}: the row must have ${width[1]} fields, one a column`);
  if (width !== null)
    return new EngineError("data", `${place}: the row has ${width[2]} fields, the header has ${width[1]}`);
  if (/unicode|utf-?8/i.test(message))
    return new EngineError("data", `${place}: the file is not UTF-8; convert it first`);
  if (/quote found|quoted value/i.test(message) && format === "csv")
    return new EngineError("data", `${place}: a quote is out of place or never closed: not valid CSV`);
  if (/invalid state/.test(message) && format === "csv")
    return new EngineError("data", `${place}: its lines end in different ways; end each with LF, or each with CRLF`);
  const kind = { csv: "CSV", json: "JSON", parquet: "Parquet" }[format];
  const detail = (message.split("\n", 1)[0] ?? "").replace(/^[\w ]+ Error: /, "").trim();
  return new EngineError("data", `${place}: not a readable ${kind} file (${detail})`);
}
