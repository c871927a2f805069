import { hash } from "node:crypto";
import type { RowObject, SqlValue } from "../runner/api/loader.js";
import { type SqlType, typeName } from "../runner/api/loader.js";

/** A member of a table's HASH_FIELDS. `scale` is the number of decimals of a NUMERIC(p,s) field. */
export interface HashField {
  readonly name: string;
  readonly type: SqlType;
  readonly scale?: number;
}

type Renderer = (value: SqlValue) => string;

const PLAIN_TEXT = /^[ !#-[\]-~]*$/;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const TIMESTAMP = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)?\+00:00$/;

/** First 16 lower-case hex characters of the SHA-256 of a text's UTF-8 bytes (docs/hashes.md). */
export function digest16(text: string): string {
  return hash("sha256", text, "hex").slice(0, 16);
}

/** The hash of a set of rows: their data hashes sorted, joined with `|` and digested (docs/hashes.md). */
export function combineHashes(hashes: readonly string[]): string {
  return digest16([...hashes].sort().join("|"));
}

/**
 * Compiles the canonical JSON text of a field set (docs/hashes.md) into one function, so that the key order and
 * the rule of each field are decided once per table and not once per row. A field missing in a row counts as NULL.
 * @throws TypeError if a value does not fit its field's type; that is a fault of the loader, never of its input.
 */
export function compileCanonicalText(fields: readonly HashField[]): (row: RowObject) => string {
  const members = [...fields]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((field, index) => ({
      name: field.name,
      prefix: `${index === 0 ? "{" : ", "}${JSON.stringify(field.name)}: `,
      render: renderer(field),
    }));
  return (row) => {
    let text = members.length === 0 ? "{" : "";
    for (const member of members) {
      const value = row[member.name] ?? null;
      text += value === null ? `${member.prefix}null` : member.prefix + member.render(value);
    }
    return `${text}}`;
  };
}

/** The `data_hash` of one row as a compiled function of the row. */
export function compileDataHash(fields: readonly HashField[]): (row: RowObject) => string {
  const canonicalText = compileCanonicalText(fields);
  return (row) => digest16(canonicalText(row));
}

function renderer(field: HashField): Renderer {
  const fail = (value: SqlValue): never => {
    throw new TypeError(`${field.name}: ${JSON.stringify(String(value))} is no ${typeName(field.type)}`);
  };
  switch (field.type) {
    case "INT64":
      return (value) =>
        typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))
          ? value.toString()
          : fail(value);
    case "BOOL":
      return (value) => (typeof value === "boolean" ? String(value) : fail(value));
    case "STRING":
    case "DATE":
      return (value) => (typeof value === "string" ? quote(value) : fail(value));
    case "TIMESTAMP":
      return (value) => {
        const seconds = typeof value === "string" ? TIMESTAMP.exec(value)?.[1] : undefined;
        return seconds === undefined ? fail(value) : `"${seconds}+00:00"`;
      };
    case "FLOAT64":
      return (value) => sixDecimals(value) ?? fail(value);
    case "NUMERIC":
      return (value) => {
        const text = typeof value === "string" ? fixedDecimals(value, field.scale ?? 6) : undefined;
        return text === undefined ? fail(value) : `"${text}"`;
      };
    default:
      return arrayRenderer(field, fail);
  }
}

function arrayRenderer(field: HashField, fail: (value: SqlValue) => never): Renderer {
  const { type } = field;
  if (typeof type === "string" || type.kind !== "array" || type.element !== "FLOAT64") {
    throw new TypeError(`${field.name}: ${typeName(type)} has no canonical text`);
  }
  return (value) => {
    if (!Array.isArray(value)) return fail(value);
    const items = value.map((item: SqlValue) => (item === null ? "null" : (sixDecimals(item) ?? fail(item))));
    return `[${items.join(", ")}]`;
  };
}

/** JSON text of a string in ASCII: what is not ASCII is escaped as `\uXXXX`. */
function quote(text: string): string {
  if (PLAIN_TEXT.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** toFixed rounds the exact binary value half away from zero, as a cast of FLOAT64 to NUMERIC does. */
function sixDecimals(value: SqlValue): string | undefined {
  if (typeof value !== "number" || !(Math.abs(value) < 1e21)) return undefined;
  const text = value.toFixed(6);
  return text === "-0.000000" ? '"0.000000"' : `"${text}"`;
}

/** A decimal text with exactly `scale` decimals, rounded half away from zero without going through binary. */
function fixedDecimals(text: string, scale: number): string | undefined {
  const match = DECIMAL.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (match === null || whole + fraction === "") return undefined;
  let digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, "0") || "0");
  if ((fraction[scale] ?? "0") >= "5") digits += 1n;
  const shown = digits.toString().padStart(scale + 1, "0");
  const sign = match[1] === "-" && digits !== 0n ? "-" : "";
  return sign + (scale === 0 ? shown : `${shown.slice(0, -scale)}.${shown.slice(-scale)}`);
}
