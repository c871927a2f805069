import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { SqlValue } from "../../port/port.js";
import type { JobRows } from "../../port/sql-jobs.js";
import type { Column, SqlType } from "../../port/sql-types.js";
import { requireAllRows } from "../catalog/row-access.js";
import { ApiError } from "../protocol/errors.js";
import type { ExtractConfiguration } from "../requests/configuration.js";
import { targetFile } from "./buckets.js";
import { refOf } from "./destination.js";
import type { Job, JobOutcome } from "./job.js";
import type { JobService } from "./service.js";
import { sourceTable } from "./source-table.js";

const ROWS_AT_ONCE = 10_000;

/** Writes a table to a file of the folder that stands for all buckets. */
export async function runExtract(service: JobService, job: Job, extract: ExtractConfiguration): Promise<JobOutcome> {
  const ref = refOf(extract.sourceTable, job.reference.projectId);
  const source = await sourceTable(service, ref);
  requireAllRows(service, source.base, job.user);
  const [uri] = extract.destinationUris ?? (extract.destinationUri ? [extract.destinationUri] : []);
  if (uri === undefined)
    throw new ApiError(
      "required",
      "Required parameter is missing: destinationUris",
      "configuration.extract.destinationUris",
    );
  const format = (extract.destinationFormat ?? "CSV").toUpperCase();
  const path = targetFile(service.bucketDir, uri);
  if (format === "PARQUET") await service.jobs.writeParquet(source.id, path);
  else if (format === "CSV" || format === "NEWLINE_DELIMITED_JSON") {
    const rows = await service.jobs.rows(
      source.id,
      source.columns.map(({ name }) => name),
      0,
      source.rows,
    );
    const lines = format === "CSV" ? csvText(rows, extract) : jsonText(rows);
    const compression = (extract.compression ?? "NONE").toUpperCase();
    if (compression === "GZIP") await pipeline(Readable.from(lines), createGzip(), createWriteStream(path));
    else if (compression === "NONE") await pipeline(Readable.from(lines), createWriteStream(path));
    else
      throw new ApiError("invalid", `Compression ${compression} of ${format} is not supported by the embedded engine`);
  } else throw new ApiError("invalid", `Destination format ${format} is not supported by the embedded engine`);
  return { statistics: { extract: { destinationUriFileCounts: ["1"], inputBytes: "0" } } };
}

function* csvText(rows: JobRows, { fieldDelimiter, printHeader }: ExtractConfiguration): Generator<string> {
  for (const { name, type } of rows.columns)
    if (typeof type === "object")
      throw new ApiError("invalid", `Operation cannot be performed on a nested schema. Field: ${name}`);
  const delimiter = fieldDelimiter === "\\t" || fieldDelimiter === "tab" ? "\t" : (fieldDelimiter ?? ",");
  const line = (values: readonly string[]): string =>
    `${values.map((value) => csvValue(value, delimiter)).join(delimiter)}\n`;
  if (printHeader !== false) yield line(rows.columns.map(({ name }) => name));
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
      .map((row) => `${JSON.stringify(jsonObject(row, rows.columns))}\n`)
      .join("");
}

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
