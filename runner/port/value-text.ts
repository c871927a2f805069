import type { SqlValue } from "./port.js";

/** A value as a person reads it in a line: text as it stands, structs and arrays as JSON with exact numbers. */
export function valueText(value: SqlValue): string {
  if (value === null) return "NULL";
  return typeof value === "object" ? JSON.stringify(value, exactNumber) : String(value);
}

/** For `JSON.stringify`: an INT64 beyond 2^53 as text, because a JSON number would round it. */
export function exactNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}
