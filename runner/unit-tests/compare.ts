import type { QueryResult, SqlValue } from "../port/port.js";
import type { Column, SqlType } from "../port/sql-types.js";

/** One cell that is not what the test expects; `row` counts from 0. */
export interface CellDifference {
  readonly row: number;
  readonly column: string;
  readonly expected: string;
  readonly actual: string;
}

export type Comparison =
  | { readonly equal: true }
  | { readonly equal: false; readonly message: string; readonly differences: readonly CellDifference[] };

/** A value as the BigQuery client gives it to the Dataform CLI: its JavaScript type, and a text that is equal for equal values. */
interface ClientValue {
  readonly type: "null" | "number" | "string" | "boolean" | "object";
  readonly text: string;
}

/**
 * Compares two results as `dataform test` does: the same number of rows, the same column names in any order and case, then row by row
 * in the given order, by the JavaScript values in which the BigQuery client answers. So INT64 equals FLOAT64 of the same value, NUMERIC
 * equals neither, a date equals its text, and NaN equals nothing. Without rows the columns are not looked at.
 */
export function compareResults(actual: QueryResult, expected: QueryResult): Comparison {
  if (actual.rows.length !== expected.rows.length)
    return different(`expected ${expected.rows.length} rows, but saw ${actual.rows.length}`);
  if (actual.rows.length === 0) return { equal: true };
  const names = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(", ");
  const positions = actual.columns.map(({ name }) =>
    expected.columns.findIndex((column) => column.name.toUpperCase() === name.toUpperCase()),
  );
  if (actual.columns.length !== expected.columns.length || positions.includes(-1))
    return different(`expected columns ${names(expected.columns)}, but saw ${names(actual.columns)}`);

  const differences: CellDifference[] = [];
  for (const [row, values] of actual.rows.entries()) {
    for (const [index, { name }] of actual.columns.entries()) {
      const position = positions[index] as number;
      const own = clientValue(values[index] ?? null, actual, index);
      const wanted = clientValue(expected.rows[row]?.[position] ?? null, expected, position);
      if (own.type === wanted.type && own.text === wanted.text && own.text !== "NaN") continue;
      differences.push({ row, column: name, expected: shown(wanted, own), actual: shown(own, wanted) });
    }
  }
  if (differences.length === 0) return { equal: true };
  const rows = new Set(differences.map(({ row }) => row)).size;
  return different(`${rows} of ${actual.rows.length} rows differ`, differences);
}

function different(message: string, differences: readonly CellDifference[] = []): Comparison {
  return { equal: false, message, differences };
}

/** Values of two JavaScript types that look the same are told apart by naming the type. */
function shown(value: ClientValue, other: ClientValue): string {
  return value.text === other.text && value.type !== other.type ? `${value.text} (${value.type})` : value.text;
}

const DATES: ReadonlySet<SqlType> = new Set(["DATE", "TIME", "DATETIME", "TIMESTAMP"]);
const NUMBERS: ReadonlySet<SqlType> = new Set(["INT64", "FLOAT64"]);

function clientValue(value: SqlValue, result: QueryResult, index: number): ClientValue {
  const type = result.columns[index]?.type ?? "STRING";
  if (value === null) return { type: "null", text: "NULL" };
  // The CLI unwraps a column of dates only where its first row has one.
  const unwrapped = !DATES.has(type) || (result.rows[0]?.[index] ?? null) !== null;
  return { type: unwrapped ? javaScriptType(type) : "object", text: textOf(value, type) };
}

function javaScriptType(type: SqlType): ClientValue["type"] {
  if (NUMBERS.has(type)) return "number";
  if (type === "BOOL") return "boolean";
  if (type === "STRING" || type === "JSON" || type === "INTERVAL" || DATES.has(type)) return "string";
  return "object";
}

function textOf(value: SqlValue, type: SqlType): string {
  if (NUMBERS.has(type)) return numberText(value);
  if (typeof value === "object" && value !== null) return JSON.stringify(plain(value, type));
  return String(value);
}

/** `1` for both INT64 1 and FLOAT64 1.0; -0 is 0. */
function numberText(value: SqlValue): string {
  if (typeof value === "bigint") return String(value);
  const number = Number(value);
  return Object.is(number, -0) ? "0" : Number.isInteger(number) ? BigInt(number).toString() : String(number);
}

/** A nested value as JSON holds it, numbers as texts. */
function plain(value: SqlValue, type: SqlType): unknown {
  if (value === null || typeof type === "string") return value === null ? null : textOf(value, type);
  if (type.kind === "array") return (value as readonly SqlValue[]).map((item) => plain(item, type.element));
  const fields = Object.values(value as Readonly<Record<string, SqlValue>>);
  return type.fields.map(({ name, type: fieldType }, i) => [name ?? "", plain(fields[i] ?? null, fieldType)]);
}
