import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float64,
  Int64,
  IntervalMonthDayNano,
  List,
  Schema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
} from "apache-arrow";
import { type COLLATED, type Column, rangeElement, type ScalarType, type SqlType } from "../../port/sql-types.js";

const SCALARS: Readonly<Record<Exclude<ScalarType, `RANGE<${string}>` | typeof COLLATED>, () => DataType>> = {
  INT64: () => new Int64(),
  FLOAT64: () => new Float64(),
  NUMERIC: () => new Decimal(9, 38, 128),
  BIGNUMERIC: () => new Decimal(38, 76, 256),
  BOOL: () => new Bool(),
  STRING: () => new Utf8(),
  BYTES: () => new Binary(),
  DATE: () => new DateDay(),
  DATETIME: () => new TimestampMicrosecond(),
  TIME: () => new TimeMicrosecond(),
  TIMESTAMP: () => new TimestampMicrosecond("UTC"),
  INTERVAL: () => new IntervalMonthDayNano(),
  JSON: () => new Utf8(),
  GEOGRAPHY: () => new Utf8(),
};

/** Texts that are of another type to BigQuery say so, as it says it. */
const EXTENSIONS: Partial<Record<string, string>> = {
  JSON: "google:sqlType:json",
  GEOGRAPHY: "google:sqlType:geography",
  DATETIME: "google:sqlType:datetime",
};

/** The columns as the Storage API has them in Arrow. https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details */
export function arrowSchema(columns: readonly Column[]): Schema {
  return new Schema(columns.map(({ name, type }) => fieldOf(name, type)));
}

function fieldOf(name: string, type: SqlType): Field {
  const extension = typeof type === "string" ? EXTENSIONS[type] : undefined;
  const metadata = new Map(extension === undefined ? [] : [["ARROW:extension:name", extension]]);
  return new Field(name, arrowType(type), !isArray(type), metadata);
}

/** The Arrow type of a GoogleSQL one. */
export function arrowType(type: SqlType): DataType {
  const ranged = rangeElement(type);
  if (ranged !== undefined) return new Struct([fieldOf("start", ranged), fieldOf("end", ranged)]);
  if (typeof type === "string") return SCALARS[type as keyof typeof SCALARS]();
  if (type.kind === "array") return new List(fieldOf("item", type.element));
  return new Struct(type.fields.map((field, i) => fieldOf(field.name ?? `_field_${i + 1}`, field.type)));
}

function isArray(type: SqlType): boolean {
  return typeof type === "object" && type.kind === "array";
}
