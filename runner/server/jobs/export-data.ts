import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";
import type { Exporter } from "../../port/sql-jobs.js";
import { ApiError } from "../protocol/errors.js";
import { targetFile } from "./buckets.js";
import { writeText } from "./extract-text.js";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/export-statements#export_option_list */
const OPTIONS = v.strictObject({
  uri: v.string(),
  format: v.string(),
  compression: v.nullish(v.string()),
  field_delimiter: v.nullish(v.string()),
  header: v.nullish(v.boolean()),
  overwrite: v.nullish(v.boolean()),
});

/** Writes the rows of EXPORT DATA to the folder that stands for all buckets. */
export function exporterOf(bucketDir: string | undefined): Exporter {
  return async (given, rows, writeParquet) => {
    const checked = v.safeParse(OPTIONS, given);
    if (!checked.success) {
      const [issue] = checked.issues;
      throw new Error(`EXPORT DATA option ${v.getDotPath(issue) ?? ""} is not supported, missing or of the wrong type`);
    }
    const { uri, format, compression, field_delimiter, header, overwrite } = checked.output;
    if (uri.split("*").length !== 2)
      throw new Error(`EXPORT DATA option uri must have one wildcard, as gs://bucket/file-*.csv, but is ${uri}`);
    const path = told(() => targetFile(bucketDir, uri));
    const shards = shardsOf(path, uri);
    if (shards.length > 0 && overwrite !== true)
      throw new Error(`There are files at ${uri} already; set the option overwrite to replace them`);
    for (const shard of shards) rmSync(shard);
    const kind = format.toUpperCase();
    if (kind === "PARQUET") return writeParquet(path);
    if (kind !== "CSV" && kind !== "JSON" && kind !== "NEWLINE_DELIMITED_JSON")
      throw new Error(`EXPORT DATA in the format ${format} is not supported by the embedded engine`);
    await writeText(path, rows, {
      format: kind === "CSV" ? "CSV" : "NEWLINE_DELIMITED_JSON",
      compression: (compression ?? "NONE").toUpperCase(),
      fieldDelimiter: field_delimiter,
      printHeader: header === true,
    });
  };
}

/** Files that an earlier export has written by the same pattern. */
function shardsOf(path: string, uri: string): readonly string[] {
  const folder = dirname(path);
  const [before = "", after = ""] = basename(uri).split("*");
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.startsWith(before) && name.endsWith(after));
  return names
    .filter((name) => /^\d{12}$/.test(name.slice(before.length, name.length - after.length)))
    .map((name) => join(folder, name));
}

/** A statement fails with plain errors, which are told with its place. */
function told<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof ApiError) throw new Error(cause.message);
    throw cause;
  }
}
