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

/** A STRING compared and ordered without case. Only expressions are of this type: what leaves a query is STRING. */
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
  /**
   * The type as it was declared, where it has parameters or a collation: `NUMERIC(5, 2)`, `ARRAY<STRING(3)>`,
   * `STRING COLLATE 'und:ci'`. What is written is rounded or refused by the parameters.
   */
  readonly declared?: string;
}

const COLLATION = " COLLATE 'und:ci'";

/** The collation of a column, which its declared type says last; undefined: it has none. */
export function collationOf({ declared }: { readonly declared?: string | undefined }): string | undefined {
  return declared?.endsWith(COLLATION) ? "und:ci" : undefined;
}

/** A declared type with the collation. */
export function withCollation(declared: string): string {
  return `${declared}${COLLATION}`;
}

/** The type of a column as it was declared, without its collation. */
export function declaredType({
  type,
  declared,
}: {
  readonly type: SqlType;
  readonly declared?: string | undefined;
}): string {
  if (declared === undefined) return typeName(type);
  return collationOf({ declared }) === undefined ? declared : declared.slice(0, -COLLATION.length);
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
