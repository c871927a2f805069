import type { RelationDetails } from "../../port/sql-jobs.js";
import type { Column, SqlType } from "../../port/sql-types.js";

/** Bytes of a value that has always the same size. https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#data_type_sizes */
const SIZES: Readonly<Record<string, number>> = {
  INT64: 8,
  FLOAT64: 8,
  NUMERIC: 16,
  BIGNUMERIC: 32,
  BOOL: 1,
  DATE: 8,
  DATETIME: 8,
  TIME: 8,
  TIMESTAMP: 8,
  INTERVAL: 16,
};

/** What a text, bytes or JSON is taken for, whose size only its value tells. */
const USUAL_TEXT = 16;

/** The logical size of a table: exact for values of one size, an estimate for the others. */
export function logicalBytes({ columns, rows = 0 }: RelationDetails): number {
  return bytesOfRows({ columns, rows });
}

/** The same of so many rows. */
export function bytesOfRows({ columns, rows }: { readonly columns: readonly Column[]; readonly rows: number }): number {
  return rows * columns.reduce((sum, { type }) => sum + sizeOf(type), 0);
}

function sizeOf(type: SqlType): number {
  if (typeof type === "string") return SIZES[type] ?? USUAL_TEXT;
  if (type.kind === "array") return sizeOf(type.element);
  return type.fields.reduce((sum, field) => sum + sizeOf(field.type), 0);
}
