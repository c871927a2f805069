import type { ParquetCodec } from "../../port/sql-jobs.js";
import { ApiError } from "../protocol/errors.js";

/** Formats of files that tables are written to, with their compressions. https://cloud.google.com/bigquery/docs/exporting-data */
const COMPRESSIONS = {
  CSV: ["NONE", "GZIP"],
  NEWLINE_DELIMITED_JSON: ["NONE", "GZIP"],
  AVRO: ["NONE", "DEFLATE", "SNAPPY"],
  PARQUET: ["NONE", "SNAPPY", "GZIP", "ZSTD"],
} as const;

export type FileFormat = keyof typeof COMPRESSIONS;

/** @throws ApiError for a format that is not written */
export function formatOfFiles(given: string): FileFormat {
  const upper = given.toUpperCase();
  const format = upper === "JSON" ? "NEWLINE_DELIMITED_JSON" : upper;
  if (Object.hasOwn(COMPRESSIONS, format)) return format as FileFormat;
  throw new ApiError(
    "invalid",
    `Destination format ${given} is not supported: it must be one of ${Object.keys(COMPRESSIONS).join(", ")}`,
  );
}

/** @throws ApiError for a compression that files of the format do not have */
export function compressionOf(format: FileFormat, given: string): string {
  const compression = given === "" ? "NONE" : given.toUpperCase();
  const known: readonly string[] = COMPRESSIONS[format];
  if (known.includes(compression)) return compression;
  throw new ApiError(
    "invalid",
    `Compression type ${given} is not supported for ${format}: it must be one of ${known.join(", ")}`,
  );
}

const PARQUET_CODECS: Readonly<Record<string, ParquetCodec>> = { SNAPPY: "snappy", GZIP: "gzip", ZSTD: "zstd" };

export const parquetCodec = (compression: string): ParquetCodec => PARQUET_CODECS[compression] ?? "uncompressed";
