import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";
import type { Exporter } from "../../port/sql-jobs.js";
import { ApiError } from "../protocol/errors.js";
import type { AvroTimes } from "../values/avro-rows.js";
import { targetFile } from "./buckets.js";
import { writeAvro } from "./extract-avro.js";
import { compressionOf, formatOfFiles, parquetCodec } from "./extract-form.js";
import { writeText } from "./extract-text.js";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/export-statements#export_option_list */
const OPTIONS = v.strictObject({
  uri: v.string(),
  format: v.string(),
  compression: v.nullish(v.string()),
  field_delimiter: v.nullish(v.string()),
  header: v.nullish(v.boolean()),
  overwrite: v.nullish(v.boolean()),
  use_avro_logical_types: v.nullish(v.boolean()),
});

/** Writes the rows of EXPORT DATA to the folder that stands for all buckets. */
export function exporterOf(bucketDir: string | undefined): Exporter {
  return async (given, rows, writeParquet) => {
    const checked = v.safeParse(OPTIONS, given);
    if (!checked.success) {
      const [issue] = checked.issues;
      throw new Error(`EXPORT DATA option ${v.getDotPath(issue) ?? ""} is not supported, missing or of the wrong type`);
    }
    const { uri, compression, field_delimiter, header, overwrite } = checked.output;
    if (uri.split("*").length !== 2)
      throw new Error(`EXPORT DATA option uri must have one wildcard, as gs://bucket/file-*.csv, but is ${uri}`);
    const path = told(() => targetFile(bucketDir, uri));
    const shards = shardsOf(path, uri);
    if (shards.length > 0 && overwrite !== true)
      throw new Error(`There are files at ${uri} already; set the option overwrite to replace them`);
    for (const shard of shards) rmSync(shard);
    const form = { ...checked.output, compression: compression ?? "NONE" };
    const what = told(() => exportForm(form));
    const { codec, times } = what;
    if (what.format === "PARQUET") return writeParquet(path, codec);
    if (what.format === "AVRO") return writeAvro(path, rows, { compression: what.compression, times });
    const text = { format: what.format, compression: what.compression, fieldDelimiter: field_delimiter };
    await writeText(path, rows, { ...text, printHeader: header === true });
  };
}

/** @throws ApiError for a format or a compression that is not known here */
function exportForm(given: {
  readonly format: string;
  readonly compression: string;
  readonly use_avro_logical_types?: boolean | null | undefined;
}) {
  const format = formatOfFiles(given.format);
  const compression = compressionOf(format, given.compression);
  const codec = parquetCodec(compression);
  const times: AvroTimes = given.use_avro_logical_types === false ? "all texts" : "logical";
  return { format, compression, codec, times };
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
