import type { SqlValue } from "../../port/port.js";
import { type Column, rangeElement, type SqlType } from "../../port/sql-types.js";
import type { Row } from "./protocol.js";

/** A row of the API as values. Whole numbers stay exact: they come as texts. */
export function decodeRow({ f }: Row, columns: readonly Pick<Column, "type">[]): SqlValue[] {
  return columns.map(({ type }, index) => decode(f[index]?.v, type));
}

function decode(value: unknown, type: SqlType): SqlValue {
  if (typeof type === "object" && type.kind === "array") {
    const items = Array.isArray(value) ? (value as readonly { readonly v: unknown }[]) : [];
    return items.map((item) => decode(item.v, type.element));
  }
  if (value === null || value === undefined) return null;
  if (typeof type === "object") {
    const cells = (value as Row).f ?? [];
    const named = type.fields.map(({ name, type: inner }, index) => [
      name ?? `_field_${index + 1}`,
      decode(cells[index]?.v, inner),
    ]);
    return Object.fromEntries(named) as Readonly<Record<string, SqlValue>>;
  }
  const text = String(value);
  switch (type) {
    case "INT64":
      return BigInt(text);
    case "FLOAT64":
      return floatOf(text);
    case "BOOL":
      return text === "true";
    case "TIMESTAMP":
      // Microseconds; within a range some services write the time itself.
      return /^-?\d+$/.test(text) ? timestampOf(BigInt(text)) : text;
    case "DATETIME":
      return shortFraction(text.replace(" ", "T"));
    case "TIME":
      return shortFraction(text);
    case "RANGE<DATETIME>":
    case "RANGE<TIMESTAMP>":
      return rangeOf(text, rangeElement(type) ?? "DATE");
    default:
      return text;
  }
}

/** `[start, end)`; an end that is none stays as it is written. */
function rangeOf(text: string, element: SqlType): string {
  const [, start, end] = /^\[(.*), (.*)\)$/.exec(text) ?? [];
  const bound = (value: string) => (/^(?:UNBOUNDED|NULL)$/i.test(value) ? value : String(decode(value, element)));
  return start === undefined || end === undefined ? text : `[${bound(start)}, ${bound(end)})`;
}

/** A text where it is no number that JSON can write. */
function floatOf(text: string): SqlValue {
  if (text === "NaN") return text;
  if (/inf/i.test(text)) return text.startsWith("-") ? "-Infinity" : "Infinity";
  return Number(text);
}

/** Microseconds since 1970 as `YYYY-MM-DD HH:MM:SS[.ffffff]+00:00`. */
function timestampOf(micros: bigint): string {
  const million = 1_000_000n;
  const fraction = ((micros % million) + million) % million;
  const seconds = (micros - fraction) / million;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ");
  const shown = fraction === 0n ? "" : `.${fraction.toString().padStart(6, "0").replace(/0+$/, "")}`;
  return `${text}${shown}+00:00`;
}

function shortFraction(text: string): string {
  return text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}
