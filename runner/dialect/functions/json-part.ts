import type { Span } from "../../googlesql/contract.js";
import { bindOnce } from "../print/bind.js";
import { quoteString } from "../print/sql.js";
import { derive, type JsonPart, type Typed } from "../types/typed.js";
import { type Cases, firstOf, PLAIN, plainJsonPart, plainJsonScalar } from "./plain-json-path.js";

/**
 * JSON that `PARSE_JSON` makes of a text: steps into it may look at the text itself.
 * @param parsed the call
 * @param text DuckDB text: its argument
 * @param exact the call of any such text, as text
 */
export function parsedJson(parsed: Typed, text: string, exact: (of: string) => string): Typed {
  return { ...parsed, part: { of: text, source: "raw", path: "$", exact, sql: parsed.sql } };
}

/** `json.name` and `json["name"]`: a member of an object, NULL where there is none. */
export function jsonMember(json: Typed, name: Typed | string, span: Span): Typed {
  const literal = typeof name === "string" ? name : textOf(name);
  const step = literal === undefined ? undefined : `.${literal}`;
  return further(json, "bq_json_member", typeof name === "string" ? quoteString(name) : name, step, span);
}

/** `json[index]`: an element of an array by its position from 0, NULL where there is none. */
export function jsonElement(json: Typed, index: Typed, span: Span): Typed {
  const step = index.literal?.kind === "integer" ? `[${index.literal.value}]` : undefined;
  return further(json, "bq_json_element", index, step, span);
}

function further(json: Typed, call: string, by: Typed | string, step: string | undefined, span: Span): Typed {
  const parts = typeof by === "string" ? [json] : [json, by];
  const at = typeof by === "string" ? by : by.sql;
  const around = partOf(json);
  const exact = (of: string) => `${call}(${around.exact(of)}, ${at})`;
  const path = `${around.path}${step}`;
  if (step === undefined || !PLAIN.test(path))
    return derive(`CAST(${call}(${varchar(json.sql)}, ${at}) AS JSON)`, "JSON", span, parts, true);
  const part = { ...around, path, exact };
  const sql = `CAST(${plainJsonPart(part)} AS JSON)`;
  return { ...derive(sql, "JSON", span, parts, true), part: { ...part, sql } };
}

/** Where a path into a JSON value, or into a STRING that holds JSON, begins. */
export function partOf({ sql, type, part }: Typed): JsonPart {
  if (part?.sql === sql) return part;
  return { of: varchar(sql), source: type === "JSON" ? "stored" : "text", path: "$", exact: (of) => of };
}

function textOf({ literal }: Typed): string | undefined {
  return literal?.kind === "string" ? literal.text : undefined;
}

const varchar = (sql: string): string => `CAST(${sql} AS VARCHAR)`;

const isString = (j: string): string => `left(${j}, 1) = '"' AND NOT contains(${j}, '\\')`;
const unquoted = (j: string): string => `substr(${j}, 2, length(${j}) - 2)`;
const isWord = (j: string): string => `${j} IN ('true', 'false')`;
const isInteger = (j: string): string => `regexp_full_match(${j}, '-?[0-9]{1,18}')`;
const NUMBER = "-?[0-9]{1,15}([.][0-9]{1,15})?";
const isNumber = (j: string): string => `regexp_full_match(${j}, '${NUMBER}')`;
const isNumberInQuotes = (j: string): string => `regexp_full_match(${j}, '"${NUMBER}"')`;
const isNone = (j: string): string => `${j} = 'null' OR left(${j}, 1) IN ('{', '[')`;
/** FLOAT64 without zeros at its end, of a size that GoogleSQL writes without exponent. */
const isPlainReal = (j: string): string =>
  `regexp_full_match(${j}, '-?([1-9][0-9]{0,6}[.][0-9]{0,7}|0[.][0-9]{0,3})[1-9]')`;

/** What the plain values of JSON are in DuckDB itself: conditions, and what holds under each; `j` is the text. */
const SCALARS = {
  bq_json_string: (j) => [[isString(j), unquoted(j)]],
  bq_json_int64: (j) => [[isInteger(j), `CAST(${j} AS BIGINT)`]],
  bq_json_bool: (j) => [[isWord(j), `${j} = 'true'`]],
  bq_json_float64: (j) => [[isNumber(j), `CAST(${j} AS DOUBLE)`]],
  bq_json_lax_string: (j) => [
    [isString(j), unquoted(j)],
    [`${isWord(j)} OR ${isInteger(j)} OR ${isPlainReal(j)}`, j],
    [isNone(j), "NULL"],
  ],
  bq_json_lax_int64: (j) => [
    [isInteger(j), `CAST(${j} AS BIGINT)`],
    [isNumber(j), `CAST(round(CAST(${j} AS DOUBLE)) AS BIGINT)`],
    [isWord(j), `CASE WHEN ${j} = 'true' THEN 1 ELSE 0 END`],
    [`regexp_full_match(${j}, '"-?[0-9]{1,18}"')`, `CAST(${unquoted(j)} AS BIGINT)`],
    [isNumberInQuotes(j), `CAST(round(CAST(${unquoted(j)} AS DOUBLE)) AS BIGINT)`],
    [`${isNone(j)} OR regexp_full_match(${j}, '"[^0-9\\\\]*"')`, "NULL"],
  ],
  bq_json_lax_float64: (j) => [
    [isNumber(j), `CAST(${j} AS DOUBLE)`],
    [isNumberInQuotes(j), `CAST(${unquoted(j)} AS DOUBLE)`],
    [`${isNone(j)} OR ${isWord(j)} OR regexp_full_match(${j}, '"[^0-9iInN\\\\]*"')`, "NULL"],
  ],
  bq_json_lax_bool: (j) => [
    [isWord(j), `${j} = 'true'`],
    [isNumber(j), `CAST(${j} AS DOUBLE) <> 0`],
    [isString(j), `CASE lower(${j}) WHEN '"true"' THEN true WHEN '"false"' THEN false END`],
    [isNone(j), "NULL"],
  ],
  bq_json_type: (j) => [
    [`left(${j}, 1) = '"'`, "'string'"],
    [`left(${j}, 1) = '{'`, "'object'"],
    [`left(${j}, 1) = '['`, "'array'"],
    [isWord(j), "'boolean'"],
    [`${j} = 'null'`, "'null'"],
    [`regexp_full_match(${j}, '-?[0-9].*')`, "'number'"],
  ],
} satisfies Readonly<Record<string, Cases>>;

/**
 * The SQL value of a JSON scalar: `STRING`, `INT64`, `BOOL` and `FLOAT64` of JSON, and their LAX forms; JSON_TYPE.
 * @param rest further arguments of the exact call
 */
export function jsonScalar(call: keyof typeof SCALARS, json: Typed, rest = ""): string {
  const cases = SCALARS[call];
  const slow = (of: string): string => `${call}(${of}${rest})`;
  const ofPart = json.part?.sql === json.sql ? plainJsonScalar(json.part, cases, slow) : undefined;
  return ofPart ?? bindOnce([varchar(json.sql)], ([j = ""]) => firstOf(j, cases, slow(j)));
}
