import { COLLATED, type SqlType, type StructType } from "../../port/sql-types.js";

/** Small DuckDB text pieces. Every identifier is quoted and every literal typed, so DuckDB never guesses. */

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The name of the database file in SQL. By its own, which is that of the file, DuckDB would not know `analytics.orders` of
 * `analytics.duckdb`: it may be a dataset or the file.
 */
export const DATABASE = "fastbreak$";

/** Stands in paths for the dataset of temporary tables; no dataset can be called so. */
export const TEMPORARY = "temp$";

/** Databases that DuckDB always has: a dataset of such a name is one of the file only where that is said. */
const RESERVED: ReadonlySet<string> = new Set(["system", "temp"]);

/** The DuckDB text of a relation's path, `dataset` and name. */
export function quotePath(path: readonly string[]): string {
  const [dataset = "", ...rest] = path;
  const place =
    dataset === TEMPORARY
      ? ["temp", "main"]
      : rest.length > 0 && RESERVED.has(dataset.toLowerCase())
        ? [DATABASE, dataset]
        : [dataset];
  return [...place, ...rest].map(quoteName).join(".");
}

/** A VARCHAR literal; NUL characters, which SQL text cannot hold, become `chr(0)`. */
export function quoteString(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\0") ? `(${quoted.replaceAll("\0", "' || chr(0) || '")})` : quoted;
}

/** A BLOB literal from one character per byte. */
export function blobLiteral(bytes: string): string {
  return `unhex('${Buffer.from(bytes, "latin1").toString("hex")}')`;
}

export function integerLiteral(value: bigint): string {
  // DuckDB reads the minimum as a negated, too large number; a text cast is exact.
  if (value < 0n) return `CAST('${value}' AS BIGINT)`;
  return `${value}::BIGINT`;
}

/** Scientific notation makes DuckDB read a DOUBLE instead of a DECIMAL. */
export function floatLiteral(text: string): string {
  const trimmed = text.toLowerCase();
  return `${trimmed}${trimmed.includes("e") ? "" : "e0"}`;
}

/** A value, with 0.0 for the FLOAT64 -0.0, which are equal: of equal values DuckDB takes the one that it meets first. */
export function plainZero(sql: string, type: SqlType): string {
  return type === "FLOAT64" ? `(${sql} + 0e0)` : sql;
}

const DUCKDB_TYPES: Readonly<Record<Exclude<SqlType, object>, string>> = {
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  NUMERIC: "DECIMAL(38,9)",
  BIGNUMERIC: "DECIMAL(38,18)",
  BOOL: "BOOLEAN",
  STRING: "VARCHAR",
  [COLLATED]: "VARCHAR",
  BYTES: "BLOB",
  DATE: "DATE",
  DATETIME: "TIMESTAMP",
  TIME: "TIME",
  TIMESTAMP: "TIMESTAMPTZ",
  INTERVAL: "INTERVAL",
  JSON: "JSON",
  "RANGE<DATE>": rangeStruct("DATE"),
  "RANGE<DATETIME>": rangeStruct("TIMESTAMP"),
  "RANGE<TIMESTAMP>": rangeStruct("TIMESTAMPTZ"),
  GEOGRAPHY: "GEOMETRY",
};

/** A range as its two ends, of which an unbounded one is infinite: so ranges compare, sort and hash as GoogleSQL's do. */
function rangeStruct(element: string): string {
  return `STRUCT("_range_start" ${element}, "_range_end" ${element})`;
}

/** The one DuckDB type that stores a GoogleSQL type. */
export function duckdbType(type: SqlType): string {
  return typeText(type, DUCKDB_TYPES);
}

/** The DuckDB type of a value within a query: that of storage, but for BIGNUMERIC, which is computed with as 32 bytes. */
export function valueType(type: SqlType): string {
  return typeText(type, VALUE_TYPES);
}

const VALUE_TYPES = { ...DUCKDB_TYPES, BIGNUMERIC: "BLOB" };

function typeText(type: SqlType, names: typeof DUCKDB_TYPES): string {
  if (typeof type === "string") return names[type];
  if (type.kind === "array") return `${typeText(type.element, names)}[]`;
  const keys = fieldKeys(type);
  return `STRUCT(${type.fields.map((field, i) => `${quoteName(keys[i] as string)} ${typeText(field.type, names)}`).join(", ")})`;
}

/** True where a BIGNUMERIC is the type or within it. */
export function holdsBignumeric(type: SqlType): boolean {
  if (typeof type === "string") return type === "BIGNUMERIC";
  return type.kind === "array"
    ? holdsBignumeric(type.element)
    : type.fields.some((field) => holdsBignumeric(field.type));
}

/** The DuckDB name of each struct field: its own, or a synthetic one where it is missing or repeated. */
export function fieldKeys(type: StructType): string[] {
  const seen = new Set<string>();
  return type.fields.map((field, i) => {
    const key = field.name?.toLowerCase();
    if (field.name === undefined || key === undefined || key === "" || seen.has(key)) return `_field_${i + 1}`;
    seen.add(key);
    return field.name;
  });
}

export function structLiteral(type: StructType, values: readonly string[]): string {
  const keys = fieldKeys(type);
  return `{${values.map((value, i) => `${quoteString(keys[i] as string)}: ${ofField(value)}`).join(", ")}}`;
}

/**
 * DuckDB forgets the name of a field whose value is a macro's call, in a subquery that reads columns of the outer query. Some of its own
 * functions are macros.
 */
function ofField(value: string): string {
  return /^(?!CAST\(|coalesce\()[a-z_][\w.]*\(/i.test(value) ? `coalesce(${value})` : value;
}

export function fieldAccess(target: string, type: StructType, index: number): string {
  return `struct_extract(${target}, ${quoteString(fieldKeys(type)[index] as string)})`;
}
