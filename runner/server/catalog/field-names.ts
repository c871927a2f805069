import { ApiError } from "../protocol/errors.js";
import type { FieldSchema } from "../protocol/schema.js";

/** https://cloud.google.com/bigquery/docs/schemas#column_names */
const RESERVED = /^(_PARTITION|_TABLE_|_FILE_|_ROW_TIMESTAMP|__ROOT__|_COLIDENTIFIER)/i;

/** @throws ApiError for a field whose name BigQuery keeps for itself */
export function requireFieldNames(fields: readonly Pick<FieldSchema, "name" | "fields">[]): void {
  for (const { name, fields: inner = [] } of fields) {
    requireFieldName(name);
    requireFieldNames(inner);
  }
}

/** The same of one name. */
export function requireFieldName(name: string): void {
  if (!RESERVED.test(name)) return;
  throw new ApiError(
    "invalid",
    `Invalid field name "${name}". Field names are not allowed to start with the (case-insensitive) prefixes _PARTITION, _TABLE_, _FILE_, _ROW_TIMESTAMP, __ROOT__ and _COLIDENTIFIER`,
  );
}
