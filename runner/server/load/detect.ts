import type { ScalarType, SqlType } from "../../port/sql-types.js";
import type { FieldSchema } from "../protocol/schema.js";
import { decodeText, type TextReading } from "../values/decode.js";
import { ExactNumber } from "../values/exact-json.js";

/** How many rows of a file its columns are told from; the service looks at as many. */
export const ROWS_TO_DETECT = 500;

/** Types of a text, the narrowest first; those of a said format come before all others. */
const TEXT_TYPES = ["INTEGER", "FLOAT", "BOOLEAN", "TIMESTAMP", "DATETIME", "DATE", "TIME"] as const;
type Detected = (typeof TEXT_TYPES)[number] | "STRING";

/** What a job says of texts. */
export interface SaidTexts {
  readonly read: TextReading;
  /** Types whose format is said. */
  readonly formatted: ReadonlySet<SqlType>;
}

const NOTHING_SAID: SaidTexts = { read: decodeText, formatted: new Set() };

/** The narrowest type of a text. https://cloud.google.com/bigquery/docs/schema-detect */
export function detectText(text: string, said = NOTHING_SAID): Detected {
  const formatted = TEXT_TYPES.find((type) => said.formatted.has(type as ScalarType) && isFormatted(text, type, said));
  return formatted ?? TEXT_TYPES.find((type) => isOf(text.trim(), type, said)) ?? "STRING";
}

const isFormatted = (text: string, type: Detected, { read }: SaidTexts): boolean =>
  read(text, type as ScalarType) !== undefined;

function isOf(text: string, type: Detected, { formatted }: SaidTexts): boolean {
  if (formatted.has(type as ScalarType)) return false;
  switch (type) {
    case "INTEGER":
      return /^[-+]?\d{1,19}$/.test(text) && decodeText(text, "INT64") !== undefined;
    case "FLOAT":
      return decodeText(text, "FLOAT64") !== undefined;
    case "BOOLEAN":
      return /^(true|false)$/i.test(text);
    case "TIMESTAMP":
      return /^\d{4}([-/])\d{1,2}\1\d{1,2}[ T]\d/.test(text) && decodeText(text, "TIMESTAMP") !== undefined;
    case "DATE":
      return decodeText(text, "DATE") !== undefined;
    case "TIME":
      return decodeText(text, "TIME") !== undefined;
    // Without a format of its own it is a TIMESTAMP.
    case "DATETIME":
      return false;
    default:
      return true;
  }
}

/** What holds both: whole numbers are fractions too, days are timestamps too, all else is text. */
export function unite(a: Detected | undefined, b: Detected): Detected {
  if (a === undefined || a === b) return b;
  const both = new Set([a, b]);
  if (both.has("INTEGER") && both.has("FLOAT")) return "FLOAT";
  if (both.has("DATE") && both.has("TIMESTAMP")) return "TIMESTAMP";
  return "STRING";
}

export interface DetectedCsv {
  readonly fields: readonly FieldSchema[];
  /** Whether the first of the rows names the columns. */
  readonly hasHeader: boolean;
}

/**
 * The columns of a CSV file.
 * @param rows its first rows
 * @param headerKnown the first row is the header, because the job skips it
 */
export function detectCsv(
  rows: readonly (readonly (string | undefined)[])[],
  headerKnown: boolean,
  said = NOTHING_SAID,
): DetectedCsv {
  const [first = [], ...others] = rows;
  const width = Math.max(0, ...rows.map((row) => row.length));
  const typesOf = (some: readonly (readonly (string | undefined)[])[]): (Detected | undefined)[] =>
    Array.from({ length: width }, (_, column) =>
      some.reduce<Detected | undefined>((type, row) => {
        const value = row[column];
        return value === undefined ? type : unite(type, detectText(value, said));
      }, undefined),
    );
  const body = typesOf(others);
  const allTexts =
    first.length > 0 && first.every((value) => value !== undefined && detectText(value, said) === "STRING");
  const hasHeader = headerKnown || (allTexts && body.some((type) => type !== undefined && type !== "STRING"));
  const types = hasHeader ? body : typesOf(rows);
  const fields = types.map((type, column): FieldSchema => {
    const kind = type ?? "STRING";
    const own = hasHeader ? columnName(first[column] ?? "") : "";
    return { name: own === "" ? `${kind.toLowerCase()}_field_${column}` : own, type: kind, mode: "NULLABLE" };
  });
  return { fields, hasHeader };
}

/** A header as a name of a column: letters, digits and underscores. */
export function columnName(header: string): string {
  const name = header.trim().replace(/[^\p{L}\p{N}_]+/gu, "_");
  return /^\d/.test(name) ? `_${name}` : name;
}

interface JsonType {
  kind: Detected | "RECORD" | undefined;
  repeated: boolean;
  /** In the order in which they first appear. */
  readonly fields: Map<string, JsonType>;
}

const newType = (): JsonType => ({ kind: undefined, repeated: false, fields: new Map() });

/** The columns of some JSON objects; the service lists fields in the reverse order of their first appearance. */
export function detectJson(
  objects: readonly Readonly<Record<string, unknown>>[],
  said = NOTHING_SAID,
): readonly FieldSchema[] {
  const root = newType();
  for (const object of objects) addObject(root, object, said);
  return fieldsOf(root);
}

function addObject(type: JsonType, object: Readonly<Record<string, unknown>>, said: SaidTexts): void {
  type.kind = "RECORD";
  for (const [name, value] of Object.entries(object)) {
    const field = type.fields.get(name) ?? newType();
    type.fields.set(name, field);
    addValue(field, value, said);
  }
}

function addValue(type: JsonType, value: unknown, said: SaidTexts): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    type.repeated = true;
    for (const item of value) addValue(type, item, said);
  } else if (typeof value === "object" && !(value instanceof ExactNumber))
    addObject(type, value as Record<string, unknown>, said);
  else if (type.kind !== "RECORD") type.kind = unite(type.kind, scalarOf(value, said));
}

function scalarOf(value: unknown, said: SaidTexts): Detected {
  if (typeof value === "boolean") return "BOOLEAN";
  if (typeof value === "number") return Number.isInteger(value) ? "INTEGER" : "FLOAT";
  return detectText(String(value), value instanceof ExactNumber ? undefined : said);
}

function fieldsOf(type: JsonType): readonly FieldSchema[] {
  return [...type.fields.entries()].reverse().map(([name, field]): FieldSchema => {
    const mode = field.repeated ? "REPEATED" : "NULLABLE";
    const kind = field.kind ?? "STRING";
    return kind === "RECORD" ? { name, type: kind, mode, fields: fieldsOf(field) } : { name, type: kind, mode };
  });
}
