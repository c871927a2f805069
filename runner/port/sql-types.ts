/**
 * The GoogleSQL types as data. Everything that speaks of columns (dialect, warehouse port, loaders, manifest) uses these.
 *
 * Text form (`typeName`) is BigQuery's own: `INT64`, `ARRAY<STRUCT<a INT64, b STRING>>`.
 */
export type ScalarType =
  | "INT64"
  | "FLOAT64"
  | "NUMERIC"
  | "BIGNUMERIC"
  | "BOOL"
  | "STRING"
  | "BYTES"
  | "DATE"
  | "DATETIME"
  | "TIME"
  | "TIMESTAMP"
  | "INTERVAL"
  | "JSON"
  | "GEOGRAPHY"
  | typeof COLLATED
  | RangeType;

/** A STRING that is compared and ordered without case. Only expressions are of this type: what leaves a query is STRING. */
export const COLLATED = "STRING COLLATE 'und:ci'";

/** A contiguous range of values, its start included and its end not; either may be unbounded. */
export type RangeType = "RANGE<DATE>" | "RANGE<DATETIME>" | "RANGE<TIMESTAMP>";

export interface ArrayType {
  readonly kind: "array";
  readonly element: SqlType;
}

export interface StructField {
  /** Undefined for an anonymous field. */
  readonly name: string | undefined;
  readonly type: SqlType;
}

export interface StructType {
  readonly kind: "struct";
  readonly fields: readonly StructField[];
}

export type SqlType = ScalarType | ArrayType | StructType;

export interface Column {
  readonly name: string;
  readonly type: SqlType;
  /** The type as it was declared, where it has parameters: `NUMERIC(5, 2)`, `ARRAY<STRING(3)>`. What is written is rounded or refused by them. */
  readonly declared?: string;
}

/** What a RANGE is a range of; undefined: the type is none. */
export function rangeElement(type: SqlType): "DATE" | "DATETIME" | "TIMESTAMP" | undefined {
  switch (type) {
    case "RANGE<DATE>":
      return "DATE";
    case "RANGE<DATETIME>":
      return "DATETIME";
    case "RANGE<TIMESTAMP>":
      return "TIMESTAMP";
    default:
      return undefined;
  }
}

/** BigQuery's spelling of a type. */
export function typeName(type: SqlType): string {
  if (typeof type === "string") return type;
  if (type.kind === "array") return `ARRAY<${typeName(type.element)}>`;
  return `STRUCT<${type.fields.map((f) => (f.name === undefined ? typeName(f.type) : `${f.name} ${typeName(f.type)}`)).join(", ")}>`;
}

/** Names of columns are compared without case. */
export function isSameName(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a.toLowerCase() === b?.toLowerCase();
}
