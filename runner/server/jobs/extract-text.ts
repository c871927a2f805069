import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { SqlValue } from "../../port/port.js";
import type { JobRows } from "../../port/sql-jobs.js";
import type { Column, SqlType } from "../../port/sql-types.js";
import { ApiError } from "../protocol/errors.js";

const ROWS_AT_ONCE = 10_000;

/** How rows are written as text. */
export interface TextFormat {
  readonly format: "CSV" | "NEWLINE_DELIMITED_JSON";
  /** `NONE` or `GZIP`. */
  readonly compression: string;
  readonly fieldDelimiter: string | null | undefined;
  readonly printHeader: boolean;
}

/** @throws ApiError for columns that CSV cannot hold */
export async function writeText(path: string, rows: JobRows, how: TextFormat): Promise<void> {
  const { format, compression } = how;
  const lines = format === "CSV" ? csvText(rows, how) : jsonText(rows);
  if (compression === "GZIP") await pipeline(Readable.from(lines), createGzip(), createWriteStream(path));
  else await pipeline(Readable.from(lines), createWriteStream(path));
}

function* csvText(rows: JobRows, { fieldDelimiter, printHeader }: TextFormat): Generator<string> {
  for (const { name, type } of rows.columns)
    if (typeof type === "object")
      throw new ApiError("invalid", `Operation cannot be performed on a nested schema. Field: ${name}`);
  const delimiter = fieldDelimiter === "\\t" || fieldDelimiter === "tab" ? "\t" : (fieldDelimiter ?? ",");
  const line = (values: readonly string[]): string =>
    `${values.map((value) => csvValue(value, delimiter)).join(delimiter)}\n`;
  if (printHeader) yield line(rows.columns.map(({ name }) => name));
  for (let start = 0; start < rows.count; start += ROWS_AT_ONCE) {
    const some = rows.read(start, ROWS_AT_ONCE);
    yield some
      .map((row) => line(row.map((value, index) => csvScalar(value, rows.columns[index]?.type ?? "STRING"))))
      .join("");
  }
}

function csvScalar(value: SqlValue, type: SqlType): string {
  if (value === null) return "";
  if (type === "TIMESTAMP") return String(value).replace(/\+00:00$/, " UTC");
  return String(value);
}

function csvValue(text: string, delimiter: string): string {
  return text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function* jsonText(rows: JobRows): Generator<string> {
  for (let start = 0; start < rows.count; start += ROWS_AT_ONCE)
    yield rows
      .read(start, ROWS_AT_ONCE)
      .map((row) => `${escaped(JSON.stringify(jsonObject(row, rows.columns)))}\n`)
      .join("");
}

/** As the service writes texts, for programs that put them into pages. */
const escaped = (json: string): string => json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);

/** A row as an extract writes it: NULL is left out, INT64 and decimals are texts. */
function jsonObject(row: readonly SqlValue[], columns: readonly Column[]): Record<string, unknown> {
  return Object.fromEntries(
    columns.flatMap(({ name, type }, index) => {
      const value = jsonValue(row[index] ?? null, type);
      return value === null ? [] : [[name, value]];
    }),
  );
}

function jsonValue(value: SqlValue, type: SqlType): unknown {
  if (value === null) return null;
  if (typeof type === "object") {
    if (type.kind === "array") return (value as readonly SqlValue[]).map((item) => jsonValue(item, type.element));
    const columns = type.fields.map((field, index) => ({
      name: field.name ?? `_field_${index + 1}`,
      type: field.type,
    }));
    return jsonObject(Object.values(value as Record<string, SqlValue>), columns);
  }
  if (type === "JSON") return JSON.parse(String(value));
  if (type === "TIMESTAMP") return String(value).replace(/\+00:00$/, " UTC");
  return typeof value === "bigint" ? value.toString() : value;
}
