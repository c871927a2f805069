import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
} from "@duckdb/node-api";

/** A value in the form of the goldens (tools/reference/README.md). */
export type GoldenValue = null | boolean | number | string | readonly GoldenValue[];

const DUCKDB_TYPES: Readonly<Record<string, string>> = {
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  NUMERIC: "DECIMAL(38,9)",
  BOOL: "BOOLEAN",
  STRING: "VARCHAR",
  BYTES: "BLOB",
  DATE: "DATE",
  DATETIME: "TIMESTAMP",
  TIME: "TIME",
  TIMESTAMP: "TIMESTAMP WITH TIME ZONE",
};

/** DuckDB's type for a GoogleSQL scalar type or an array of one. */
export function duckdbType(type: string): string {
  const element = /^ARRAY<(.*)>$/.exec(type)?.[1];
  if (element !== undefined) return `${duckdbType(element)}[]`;
  const name = DUCKDB_TYPES[type];
  if (name === undefined) throw new Error(`goldens of type ${type} cannot be compared`);
  return name;
}

/** A DuckDB literal of a golden value. */
export function duckdbLiteral(type: string, value: GoldenValue): string {
  if (value === null) return `CAST(NULL AS ${duckdbType(type)})`;
  if (type === "BOOL") return value ? "TRUE" : "FALSE";
  const text = String(value).replaceAll("'", "''").replaceAll("\0", "' || chr(0) || '");
  return type === "BYTES" ? `from_base64('${text}')` : `CAST('${text}' AS ${duckdbType(type)})`;
}

const trimmedFraction = (text: string) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);

const instantText = (micros: bigint) => {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19);
  return trimmedFraction(`${seconds}.${String(fraction).padStart(6, "0")}`);
};

/** A value as node-api gives it in the golden form. */
export function goldenValue(value: unknown): GoldenValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") {
    if (Object.is(value, -0)) return "-0";
    return Number.isFinite(value) ? value : String(value);
  }
  if (value instanceof DuckDBDecimalValue) return trimmedFraction(value.toString());
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBTimeValue) return trimmedFraction(value.toString());
  if (value instanceof DuckDBTimestampValue) return instantText(value.micros);
  if (value instanceof DuckDBTimestampTZValue) return `${instantText(value.micros)}Z`;
  if (value instanceof DuckDBListValue) return value.items.map(goldenValue);
  throw new Error(`no golden form of ${String(value)}`);
}
