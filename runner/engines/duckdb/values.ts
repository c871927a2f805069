import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBAppender,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  type DuckDBValue,
  INTERVAL,
  LIST,
  STRUCT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
} from "@duckdb/node-api";
import { decodeWkb } from "../../dialect/runtime/geography/wkb.js";
import { exactWkt } from "../../dialect/runtime/geography/wkt.js";
import { geographyOfText } from "../../dialect/runtime/js/geography-functions.js";
import { normalizeJson, parseJson, printJson } from "../../dialect/runtime/js/json-value.js";
import { EngineError } from "../../port/engine-error.js";
import type { RowObject, SqlValue } from "../../port/port.js";
import {
  COLLATED,
  type Column,
  type RangeType,
  rangeElement,
  type ScalarType,
  type SqlType,
  typeName,
} from "../../port/sql-types.js";

const MICROS_PER_DAY = 86_400_000_000n;
const NUMERIC_SCALE = 9;
const BIGNUMERIC_SCALE = 18;
/** Decimals have 38 digits. */
const MOST_DECIMAL = 10n ** 38n;

/**
 * Appends one row in the table's column order; a field that the row lacks is NULL.
 * @param columns undefined: a column that the caller does not know, which gets its default
 * @param fillsDefaults a field that the row lacks gets its default, too
 */
export function appendRow(
  appender: DuckDBAppender,
  columns: readonly (Column | undefined)[],
  row: RowObject,
  fillsDefaults = false,
): void {
  for (const column of columns) {
    if (column === undefined || (fillsDefaults && row[column.name] === undefined)) appender.appendDefault();
    else appendValue(appender, column, row[column.name] ?? null);
  }
  appender.endRow();
}

/** The same of values in the order of the columns. */
export function appendValues(
  appender: DuckDBAppender,
  columns: readonly Column[],
  values: readonly (SqlValue | undefined)[],
): void {
  for (const [index, column] of columns.entries()) appendValue(appender, column, values[index] ?? null);
  appender.endRow();
}

function appendValue(appender: DuckDBAppender, column: Column, value: SqlValue): void {
  if (value === null && !isArray(column.type)) {
    appender.appendNull();
    return;
  }
  const converted = duckdbValue(column.type, value, column.name);
  switch (column.type) {
    case "STRING":
    case "JSON":
    case "GEOGRAPHY":
      appender.appendVarchar(converted as string);
      return;
    case "INT64":
      appender.appendBigInt(converted as bigint);
      return;
    case "FLOAT64":
      appender.appendDouble(converted as number);
      return;
    case "BOOL":
      appender.appendBoolean(converted as boolean);
      return;
    case "DATE":
      appender.appendDate(converted as DuckDBDateValue);
      return;
    case "TIMESTAMP":
      appender.appendTimestampTZ(converted as DuckDBTimestampTZValue);
      return;
    default:
      // An empty list has no type that could be told from its items.
      appender.appendValue(converted, clientType(column.type));
  }
}

function isArray(type: SqlType): boolean {
  return typeof type === "object" && type.kind === "array";
}

/**
 * A value of the port as DuckDB's client takes it; a NULL array is an empty one, as BigQuery stores it.
 * @throws EngineError `data` naming the column when the value is not of the type
 */
export function duckdbValue(type: SqlType, value: SqlValue, column: string): DuckDBValue {
  if (value === null) return isArray(type) ? new DuckDBListValue([]) : null;
  if (typeof type !== "string") return nestedValue(type, value, column);
  switch (type) {
    case "STRING":
      if (typeof value === "string") return value;
      break;
    case "JSON":
      if (typeof value === "string") return storedJson(value, column);
      break;
    case "GEOGRAPHY":
      if (typeof value === "string") return geographyValue(value, column);
      break;
    case "INT64":
      if (typeof value === "bigint") return value;
      if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
      break;
    case "FLOAT64":
      if (typeof value === "number") return value;
      // What the port writes for values that are no numbers.
      if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
      break;
    case "BOOL":
      if (typeof value === "boolean") return value;
      break;
    case "NUMERIC":
      return decimalValue(value, "NUMERIC", NUMERIC_SCALE, column);
    case "BIGNUMERIC":
      return decimalValue(value, "BIGNUMERIC", BIGNUMERIC_SCALE, column);
    case "BYTES":
      if (value instanceof Uint8Array) return new DuckDBBlobValue(value);
      if (typeof value === "string") return new DuckDBBlobValue(new Uint8Array(Buffer.from(value, "base64")));
      break;
    case "TIME":
      if (typeof value === "string") return new DuckDBTimeValue(microsOf(`1970-01-01 ${value}`, column));
      break;
    case "INTERVAL":
      if (typeof value === "string") return intervalValue(value, column);
      break;
    case "DATE":
      if (typeof value === "string") return new DuckDBDateValue(daysOf(value, column));
      break;
    case "TIMESTAMP":
      if (typeof value === "string") return new DuckDBTimestampTZValue(microsOf(value, column));
      break;
    case "DATETIME":
      if (typeof value === "string") return new DuckDBTimestampValue(microsOf(value, column));
      break;
    case "RANGE<DATE>":
    case "RANGE<DATETIME>":
    case "RANGE<TIMESTAMP>":
      if (typeof value === "string") return rangeValue(value, type, column);
      break;
    default:
      break;
  }
  throw notOfType(value, type, column);
}

/** `[start, end)`, as the port writes it. */
function rangeValue(text: string, type: RangeType, column: string): DuckDBStructValue {
  const element = rangeElement(type) as "DATE" | "DATETIME" | "TIMESTAMP";
  const [, start, end] = /^\[([^,]*), ([^,]*)\)$/.exec(text) ?? [];
  if (start === undefined || end === undefined) throw notOfType(text, type, column);
  const infinite = INFINITE[element];
  const bound = (value: string, unbounded: DuckDBValue): DuckDBValue =>
    /^(UNBOUNDED|NULL)$/i.test(value) ? unbounded : duckdbValue(element, value, column);
  return new DuckDBStructValue({ _range_start: bound(start, infinite.below), _range_end: bound(end, infinite.above) });
}

const INFINITE = {
  DATE: { below: DuckDBDateValue.NegInf, above: DuckDBDateValue.PosInf },
  DATETIME: { below: DuckDBTimestampValue.NegInf, above: DuckDBTimestampValue.PosInf },
  TIMESTAMP: { below: DuckDBTimestampTZValue.NegInf, above: DuckDBTimestampTZValue.PosInf },
};

/** JSON as statements write it: members in order, numbers in one form. */
function storedJson(text: string, column: string): string {
  try {
    return printJson(normalizeJson(parseJson(text), "round"));
  } catch (error) {
    throw new EngineError("data", `column ${column}: ${(error as Error).message}`);
  }
}

/** Text that DuckDB reads as the geography that a text in any of the forms of GoogleSQL stands for. */
function geographyValue(text: string, column: string): string {
  try {
    return exactWkt(decodeWkb(geographyOfText(text)));
  } catch (error) {
    throw new EngineError("data", `column ${column}: ${(error as Error).message}`);
  }
}

/** A GoogleSQL type as DuckDB's client knows it. */
function clientType(type: SqlType): DuckDBType {
  if (typeof type === "string") return CLIENT_TYPES[type];
  if (type.kind === "array") return LIST(clientType(type.element));
  return STRUCT(Object.fromEntries(type.fields.map((field) => [field.name ?? "", clientType(field.type)])));
}

const CLIENT_TYPES: Readonly<Record<ScalarType, DuckDBType>> = {
  INT64: BIGINT,
  FLOAT64: DOUBLE,
  NUMERIC: DECIMAL(38, NUMERIC_SCALE),
  BIGNUMERIC: DECIMAL(38, BIGNUMERIC_SCALE),
  BOOL: BOOLEAN,
  STRING: VARCHAR,
  [COLLATED]: VARCHAR,
  BYTES: BLOB,
  DATE,
  DATETIME: TIMESTAMP,
  TIME,
  TIMESTAMP: TIMESTAMPTZ,
  INTERVAL,
  JSON: VARCHAR,
  "RANGE<DATE>": STRUCT({ _range_start: DATE, _range_end: DATE }),
  "RANGE<DATETIME>": STRUCT({ _range_start: TIMESTAMP, _range_end: TIMESTAMP }),
  "RANGE<TIMESTAMP>": STRUCT({ _range_start: TIMESTAMPTZ, _range_end: TIMESTAMPTZ }),
  // Its text, which DuckDB reads.
  GEOGRAPHY: VARCHAR,
};

function nestedValue(type: Exclude<SqlType, string>, value: SqlValue, column: string): DuckDBValue {
  if (type.kind === "array") {
    if (!Array.isArray(value)) throw notOfType(value, type, column);
    if (value.includes(null)) throw new EngineError("data", `column ${column}: Array cannot have a null element`);
    return new DuckDBListValue((value as readonly SqlValue[]).map((item) => duckdbValue(type.element, item, column)));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notOfType(value, type, column);
  const record = value as { readonly [field: string]: SqlValue };
  return new DuckDBStructValue(
    Object.fromEntries(
      type.fields.map((field) => [field.name ?? "", duckdbValue(field.type, record[field.name ?? ""] ?? null, column)]),
    ),
  );
}

function decimalValue(value: SqlValue, type: SqlType, scale: number, column: string): DuckDBDecimalValue {
  const text = typeof value === "bigint" ? value.toString() : String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[3] ?? "";
  if (!match) throw notOfType(value, type, column);
  const scaled = BigInt(`${match[2]}${fraction.padEnd(scale, "0")}`);
  if (fraction.length > scale || scaled >= MOST_DECIMAL) {
    if (type === "NUMERIC") throw notOfType(value, type, column);
    throw new EngineError(
      "data",
      `column ${column}: the embedded engine keeps ${type} with ${38 - scale} digits before and ${scale} behind the point, not ${text}`,
    );
  }
  return new DuckDBDecimalValue(match[1] === "-" ? -scaled : scaled, 38, scale);
}

/** `Y-M D H:M:S[.F]`, as the port writes it. */
function intervalValue(text: string, column: string): DuckDBIntervalValue {
  const match = /^(-?)(\d+)-(\d+) (-?\d+) (-?)(\d+):(\d+):(\d+)(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) throw notOfType(text, "INTERVAL", column);
  const [, monthSign, years, months, days, clockSign, hours, minutes, seconds, fraction = ""] = match;
  const month = Number(years) * 12 + Number(months);
  const clock = (BigInt(hours ?? 0) * 60n + BigInt(minutes ?? 0)) * 60n + BigInt(seconds ?? 0);
  const micros = clock * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
  return new DuckDBIntervalValue(
    monthSign === "-" ? -month : month,
    Number(days),
    clockSign === "-" ? -micros : micros,
  );
}

function daysOf(text: string, column: string): number {
  const millis = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(millis)) throw notOfType(text, "DATE", column);
  return millis / 86_400_000;
}

function microsOf(text: string, column: string): bigint {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(?:\+00(?::00)?|Z)?$/.exec(text);
  if (!match) throw notOfType(text, "TIMESTAMP", column);
  const [, date = "", hours, minutes, seconds, fraction = ""] = match;
  const clock = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return BigInt(daysOf(date, column)) * MICROS_PER_DAY + BigInt(clock) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

function notOfType(value: SqlValue, type: SqlType, column: string): EngineError {
  return new EngineError("data", `column ${column}: ${JSON.stringify(value, bigintText)} is not a ${typeName(type)}`);
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
