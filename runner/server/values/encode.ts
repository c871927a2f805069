import type { SqlValue } from "../../port/port.js";
import { type Column, rangeElement, type SqlType } from "../../port/sql-types.js";

/** How a client wants its timestamps. */
export interface ValueFormat {
  readonly timestamp: "FLOAT64" | "INT64" | "ISO8601_STRING";
}

export interface Cell {
  readonly v: unknown;
}

export interface Row {
  readonly f: readonly Cell[];
}

/** A row as the API writes it. https://cloud.google.com/bigquery/docs/reference/rest/v2/tabledata/list */
export function encodeRow(row: readonly SqlValue[], columns: readonly Column[], format: ValueFormat): Row {
  return { f: columns.map(({ type }, index) => ({ v: encodeValue(row[index] ?? null, type, format) })) };
}

function encodeValue(value: SqlValue, type: SqlType, format: ValueFormat): unknown {
  if (typeof type === "object") {
    if (type.kind === "array") {
      const items = (value ?? []) as readonly SqlValue[];
      return items.map((item) => ({ v: encodeValue(item, type.element, format) }));
    }
    if (value === null) return null;
    const fields = Object.values(value as Record<string, SqlValue>);
    return { f: type.fields.map((field, index) => ({ v: encodeValue(fields[index] ?? null, field.type, format) })) };
  }
  if (value === null) return null;
  if (type === "FLOAT64") return floatText(Number(value));
  if (type === "TIMESTAMP") return timestampText(String(value), format);
  if (type === "DATETIME" || type === "TIME") return microsText(String(value));
  const element = rangeElement(type);
  return element === undefined ? String(value) : rangeText(String(value), element, format);
}

/** `[start, end)`, each end written as a value of its type. */
function rangeText(text: string, element: SqlType, format: ValueFormat): string {
  const ends = text.slice(1, -1).split(", ");
  return `[${ends.map((end) => (end === "UNBOUNDED" ? end : encodeValue(end, element, format))).join(", ")})`;
}

/** A fraction of a second has six digits: there are clients that read no others. */
function microsText(text: string): string {
  return text.replace(/\.\d+$/, (fraction) => fraction.padEnd(7, "0"));
}

/** As Java prints a double, which the service does: `1.0`, `1.0E10`, `NaN`. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    if (Object.is(value, -0)) return "-0.0";
    return Number.isInteger(value) ? `${value}.0` : String(value);
  }
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
}

function timestampText(text: string, { timestamp }: ValueFormat): string {
  if (timestamp === "ISO8601_STRING") return `${text.replace(" ", "T").replace(/\+00:00$/, "")}Z`;
  const micros = microsOf(text);
  if (timestamp === "INT64") return micros.toString();
  return floatText(Number(micros) / 1e6);
}

/** Microseconds since 1970 of `YYYY-MM-DD HH:MM:SS[.ffffff]+00:00`. */
export function microsOf(text: string): bigint {
  const seconds = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`) / 1000;
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? "";
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, "0").slice(0, 6) || "0");
}
