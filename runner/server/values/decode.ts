import type { SqlValue } from "../../port/port.js";
import type { Column, SqlType } from "../../port/sql-types.js";
import { rangeElement, typeName } from "../../port/sql-types.js";
import { ExactNumber, exactJsonText } from "./exact-json.js";
import { withinLimits } from "./type-limits.js";
import { ValueError } from "./value-error.js";

export { ValueError } from "./value-error.js";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

export interface DecodeOptions {
  readonly ignoreUnknown: boolean;
  /** Fields that must have a value, with those that they are in: `buyer.name`. */
  readonly required?: ReadonlySet<string>;
  /** What a string for a JSON column is: JSON, as rows that are streamed have it, or a string, as files of JSON do. */
  readonly jsonStrings?: "parsed" | "kept";
  /** Whether a value that is no list is one of one element, as in files of JSON. */
  readonly singles?: "taken";
  /** Reads texts; undefined: `decodeText` does. */
  readonly read?: TextReading | undefined;
}

/**
 * A text as a value of a type; undefined: it is none.
 * @param from what JSON had in its place
 */
export type TextReading = (text: string, type: SqlType, from?: string) => SqlValue | undefined;

/**
 * A JSON row of a client as a row of the warehouse.
 * @throws ValueError for a value that does not fit, be it by the parameters of its type, and for a field that the table lacks, unless those are ignored
 */
export function decodeRow(
  json: Readonly<Record<string, unknown>>,
  columns: readonly Column[],
  options: DecodeOptions,
): Record<string, SqlValue> {
  return withinLimits(decodeFields(json, columns, "", options), columns);
}

function decodeFields(
  json: Readonly<Record<string, unknown>>,
  columns: readonly { readonly name: string | undefined; readonly type: SqlType }[],
  prefix: string,
  options: DecodeOptions,
): Record<string, SqlValue> {
  const given = new Map(Object.entries(json).map(([name, value]) => [name.toLowerCase(), { name, value }]));
  const row: Record<string, SqlValue> = {};
  for (const { name = "", type } of columns) {
    const found = given.get(name.toLowerCase());
    given.delete(name.toLowerCase());
    const field = `${prefix}${name}`;
    const isRequired = options.required?.has(field) === true;
    if (found === undefined && prefix === "" && !isRequired) continue;
    const value = decodeValue(found?.value ?? null, type, field, options);
    if (value === null && isRequired) throw new ValueError(`Missing required field: ${field}.`, field);
    row[name] = value;
  }
  const [unknown] = [...given.values()];
  if (unknown !== undefined && !options.ignoreUnknown)
    throw new ValueError(`no such field: ${prefix}${unknown.name}.`, `${prefix}${unknown.name}`);
  return row;
}

/** A JSON value as one of the type. */
export function decodeValue(value: unknown, type: SqlType, field: string, options: DecodeOptions): SqlValue {
  if (typeof type === "object") return decodeNested(value, type, field, options);
  if (value === null || value === undefined) return null;
  if (type === "JSON")
    return typeof value === "string" && options.jsonStrings !== "kept" ? jsonText(value, field) : exactJsonText(value);
  const read = options.read ?? decodeText;
  if (value instanceof ExactNumber) return decodeExact(value, type, field, read);
  if (rangeElement(type) !== undefined && typeof value === "object" && !Array.isArray(value))
    return decodeValue(rangeText(value as RangeObject), type, field, options);
  if (typeof value === "object") throw new ValueError(`This field: ${field} is not a record.`, field);
  const decoded = read(String(value), type, typeof value);
  if (decoded === undefined) throw misfit(value, type, field);
  return decoded;
}

function decodeExact(value: ExactNumber, type: SqlType, field: string, read: TextReading): SqlValue {
  // A whole number may have a point or an exponent, which only some types read.
  const decoded = read(value.text, type, "number") ?? read(String(Number(value.text)), type, "number");
  if (decoded === undefined) throw misfit(value, type, field);
  return decoded;
}

interface RangeObject {
  readonly start?: unknown;
  readonly end?: unknown;
}

const rangeText = ({ start, end }: RangeObject): string => `[${start ?? "UNBOUNDED"}, ${end ?? "UNBOUNDED"})`;

function decodeNested(value: unknown, type: Exclude<SqlType, string>, field: string, options: DecodeOptions): SqlValue {
  if (type.kind === "array") {
    if (value === null || value === undefined) return [];
    const isList = Array.isArray(value);
    if (!isList && options.singles !== "taken")
      throw new ValueError(`Array specified for non-repeated field: ${field}.`, field);
    return (isList ? value : [value]).map((item) => {
      if (item === null)
        throw new ValueError(`Only optional fields can be set to NULL. Field: ${field}; Value: NULL`, field);
      return decodeValue(item, type.element, field, options);
    });
  }
  if (value === null || value === undefined) return null;
  if (typeof value !== "object" || Array.isArray(value) || value instanceof ExactNumber)
    throw new ValueError(`Array specified for non-repeated field: ${field}.`, field);
  return decodeFields(value as Record<string, unknown>, type.fields, `${field}.`, options);
}

/** A value given as text (or as a JSON scalar, written as text); undefined: it is none of the type. */
export function decodeText(text: string, type: SqlType, from: string = "string"): SqlValue | undefined {
  switch (type) {
    case "STRING":
      return text;
    case "INT64":
      return decodeInteger(text);
    case "FLOAT64":
      return decodeFloat(text);
    case "BOOL":
      return decodeBool(text);
    case "NUMERIC":
      return decodeDecimal(text, 9);
    case "BIGNUMERIC":
      return decodeDecimal(text, 38);
    case "BYTES":
      return /^[A-Za-z0-9+/\-_]*={0,2}$/.test(text) ? new Uint8Array(Buffer.from(text, "base64")) : undefined;
    case "DATE":
      return decodeDate(text);
    case "DATETIME":
      return decodeDateTime(text);
    case "TIME":
      return decodeTime(text);
    case "TIMESTAMP":
      return from === "number" || /^-?\d+(\.\d+)?(E\d+)?$/i.test(text) ? secondsTimestamp(text) : decodeTimestamp(text);
    case "JSON":
      return isJson(text) ? text : undefined;
    case "GEOGRAPHY":
      return text;
    case "INTERVAL":
      return /^-?\d+-\d+ -?\d+ -?\d+:\d+:\d+(\.\d+)?$/.test(text) ? text : undefined;
    default:
      return decodeRange(text, type);
  }
}

/** `[start, end)`; an end that is missing, `UNBOUNDED` or `NULL` is none. */
function decodeRange(text: string, type: SqlType): string | undefined {
  const element = rangeElement(type);
  const [, ...ends] = /^\s*\[\s*([^,]*?)\s*,\s*([^,]*?)\s*\)\s*$/.exec(text) ?? [];
  if (element === undefined || ends.length !== 2) return undefined;
  const decoded = ends.map((end) => (/^(UNBOUNDED|NULL)?$/i.test(end) ? "UNBOUNDED" : decodeText(end, element)));
  return decoded.includes(undefined) ? undefined : `[${decoded.join(", ")})`;
}

function decodeInteger(text: string): bigint | undefined {
  const whole = /^[-+]?\d+(?:\.0*)?$/.test(text) ? text.replace(/\.0*$/, "") : undefined;
  const value = whole === undefined ? undefined : BigInt(whole.replace(/^\+/, ""));
  return value === undefined || value < INT64_MIN || value > INT64_MAX ? undefined : value;
}

function decodeFloat(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  const special = /^([-+]?)(inf|infinity|nan)$/i.exec(trimmed);
  if (special === null) return undefined;
  if (special[2]?.toLowerCase() === "nan") return Number.NaN;
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function decodeBool(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (["true", "t", "yes", "y", "1"].includes(lower)) return true;
  return ["false", "f", "no", "n", "0"].includes(lower) ? false : undefined;
}

function decodeDecimal(text: string, scale: number): string | undefined {
  const match = /^([-+]?)(\d*)(?:\.(\d*))?(?:e([-+]?\d+))?$/i.exec(text.trim());
  if (match === null || `${match[2]}${match[3] ?? ""}` === "") return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > 100) return undefined;
  const digits = `${whole}${fraction}`;
  const point = whole.length + shift;
  const padded = digits.padStart(digits.length + Math.max(0, -point), "0").padEnd(Math.max(point, 0), "0");
  const at = Math.max(point, 0);
  const rest = padded.slice(at).replace(/0+$/, "");
  if (rest.length > scale) return undefined;
  const head = padded.slice(0, at).replace(/^0+(?=\d)/, "") || "0";
  if (head.length > (scale === 9 ? 29 : 39)) return undefined;
  return `${sign === "-" ? "-" : ""}${head}${rest === "" ? "" : `.${rest}`}`;
}

function decodeDate(text: string): string | undefined {
  const [, year = "", month = "", day = ""] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim()) ?? [];
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return isDate(date) ? date : undefined;
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function decodeTime(text: string): string | undefined {
  const [, hour = "", minute = "", second = "", fraction = ""] =
    /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,6}))?$/.exec(text.trim()) ?? [];
  if (hour === "" || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const clock = [hour, minute, second].map((part) => part.padStart(2, "0")).join(":");
  return fraction === "" ? clock : `${clock}.${fraction}`;
}

function decodeDateTime(text: string): string | undefined {
  const [, date = "", time] = /^(\d{4}-\d{1,2}-\d{1,2})(?:[ Tt](.*))?$/.exec(text.trim()) ?? [];
  const day = decodeDate(date);
  const clock = time === undefined ? "00:00:00" : decodeTime(time);
  return day === undefined || clock === undefined ? undefined : `${day}T${clock}`;
}

/** The date and clock of a timestamp without a zone; the date may have slashes, and the clock no seconds. */
export function decodeLocal(text: string): string | undefined {
  return decodeDateTime(
    text
      .trim()
      .replace(/^(\d{4})\/(\d{1,2})\/(\d{1,2})(?!\d)/, "$1-$2-$3")
      .replace(/([ Tt]\d{1,2}:\d{1,2})$/, "$1:00"),
  );
}

/** A timestamp as text; a zone is an offset, `Z` or `UTC`, and without one it is UTC. */
function decodeTimestamp(text: string): string | undefined {
  const match = /^(.*?)\s*(?:(Z|UTC)|([-+])(\d{1,2})(?::?(\d{2}))?)?$/i.exec(text.trim());
  // The day of a date without a time looks like an offset.
  const plain = decodeLocal(text);
  const local = plain ?? decodeLocal(match?.[1] ?? "");
  if (local === undefined) return undefined;
  const stamp = `${local.replace("T", " ")}+00:00`;
  if (plain !== undefined || match?.[3] === undefined) return stamp;
  const minutes = Number(match[4]) * 60 + Number(match[5] ?? 0);
  if (minutes > 14 * 60) return undefined;
  const fraction = /\.\d+/.exec(local)?.[0] ?? "";
  const moved = Date.parse(`${local.slice(0, 19)}Z`) - (match[3] === "-" ? -minutes : minutes) * 60_000;
  return `${new Date(moved).toISOString().slice(0, 19).replace("T", " ")}${fraction}+00:00`;
}

/** Seconds since 1970, which may have a fraction. */
function secondsTimestamp(text: string): string | undefined {
  const micros = Math.round(Number(text) * 1e6);
  if (!Number.isFinite(micros) || Math.abs(micros) > 2.6e17) return undefined;
  const exact = /^-?\d+$/.test(text) ? BigInt(text) * 1_000_000n : BigInt(micros);
  const seconds = exact / 1_000_000n - (exact % 1_000_000n < 0n ? 1n : 0n);
  const rest = exact - seconds * 1_000_000n;
  const clock = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ");
  return `${clock}${rest === 0n ? "" : `.${String(rest).padStart(6, "0")}`}+00:00`;
}

function jsonText(text: string, field: string): string {
  if (isJson(text)) return text;
  throw new ValueError(`Invalid JSON value for field: ${field}`, field);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function misfit(value: unknown, type: SqlType, field: string): ValueError {
  const shown = typeof value === "string" ? value : exactJsonText(value);
  if (type === "INT64") return new ValueError(`Cannot convert value to integer (bad value): ${shown}`, field);
  if (type === "FLOAT64") return new ValueError(`Cannot convert value to floating point (bad value): ${shown}`, field);
  return new ValueError(`Invalid ${typeName(type)} value: ${shown} Field: ${field}; Value: ${shown}`, field);
}
