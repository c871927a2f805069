import { float64Text } from "../float-text.js";
import { type JsFunction, lenient, strict } from "./js-function.js";
import { appendAt, insertAt, removeAt, setAt, stripNullsAt } from "./json-edit.js";
import { type JsonStep, jsonAllAt, jsonAt, jsonPath, laxPath } from "./json-path.js";
import {
  JsonNumber,
  JsonObject,
  type JsonValue,
  normalizeJson,
  parseJson,
  printJson,
  printPrettyJson,
} from "./json-value.js";

/** A value found in a JSON text; undefined: no value, or text that is not JSON. */
function find(text: string, path: string, legacy: boolean, isJson: boolean): JsonValue | undefined {
  const steps = jsonPath(path, legacy);
  try {
    const value = parseJson(text);
    return jsonAt(value, steps);
  } catch (error) {
    if (isJson) throw error;
    return findBeforeFault(text, steps);
  }
}

/** What stands whole before the fault of a text that is not JSON. */
function findBeforeFault(text: string, steps: readonly JsonStep[]): JsonValue | undefined {
  const unfinished = new Set<JsonValue>();
  try {
    const value = jsonAt(parseJson(text, unfinished), steps);
    return value === undefined || unfinished.has(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function scalarText(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null || value instanceof JsonObject || Array.isArray(value)) return null;
  return value instanceof JsonNumber ? value.text : String(value);
}

/** An array of scalars as texts; null where it is not one. */
function scalarTexts(value: JsonValue | undefined): (string | null)[] | null {
  if (!Array.isArray(value)) return null;
  const items = value as readonly JsonValue[];
  if (items.some((item) => item instanceof JsonObject || Array.isArray(item))) return null;
  return items.map(scalarText);
}

/** What is no array: the value, or whatever the array and the arrays within it hold. */
function flattened(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).flatMap(flattened) : [value];
}

const INT64_MIN = -(2n ** 63n);
const inInt64 = (value: bigint): boolean => value >= INT64_MIN && value < 2n ** 63n;

function toInt64(value: JsonValue): bigint {
  if (!(value instanceof JsonNumber)) throw new Error("The provided JSON input is not an integer");
  const number = Number(value.text);
  const integer = /^-?\d+$/.test(value.text)
    ? BigInt(value.text)
    : Number.isInteger(number)
      ? BigInt(number)
      : undefined;
  if (integer === undefined || !inInt64(integer))
    throw new Error(`The provided JSON number: ${value.text} cannot be converted to an integer`);
  return integer;
}

function laxInt64(value: JsonValue): bigint | null {
  if (typeof value === "boolean") return value ? 1n : 0n;
  const text = value instanceof JsonNumber ? value.text : typeof value === "string" ? value.trim() : "";
  if (/^[+-]?\d+$/.test(text)) return inInt64(BigInt(text.replace("+", ""))) ? BigInt(text.replace("+", "")) : null;
  const number = laxNumber(text);
  if (number === null || !Number.isFinite(number)) return null;
  const rounded = BigInt(Math.sign(number) * Math.round(Math.abs(number)));
  return inInt64(rounded) ? rounded : null;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function laxNumber(text: string): number | null {
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : null;
  }
  const word = /^([+-]?)(nan|inf|infinity)$/i.exec(text);
  if (word === null) return null;
  if (word[2]?.toLowerCase() === "nan") return Number.NaN;
  return word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function laxBool(value: JsonValue): boolean | null {
  if (typeof value === "boolean") return value;
  if (value instanceof JsonNumber) return Number(value.text) !== 0;
  if (typeof value !== "string") return null;
  const word = value.toLowerCase();
  return word === "true" ? true : word === "false" ? false : null;
}

function typeOf(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (value instanceof JsonObject) return "object";
  return value instanceof JsonNumber ? "number" : typeof value;
}

/** Path and value texts in turn. */
function pairs(items: readonly (string | null)[]): [path: string, value: JsonValue][] {
  const result: [string, JsonValue][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) result.push([items[i] as string, parseJson(items[i + 1] ?? "null")]);
  return result;
}

function parsed(text: string, wide: string): string {
  if (wide !== "exact" && wide !== "round") throw new Error(`Invalid \`wide_number_mode\` specified: ${wide}`);
  try {
    return printJson(normalizeJson(parseJson(text), wide));
  } catch (error) {
    throw new Error(`Invalid input to PARSE_JSON: ${(error as Error).message}`);
  }
}

const normal = (value: JsonValue): string => printJson(normalizeJson(value, "round"));

/** JSON functions over text. `isJson`: the text is a normalised JSON value; `legacy`: JSON_EXTRACT's paths. */
export const JSON_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_json_query", ["STRING", "STRING", "BOOL", "BOOL"], "STRING", (text, path, legacy, isJson) => {
    const lax = isJson && !legacy ? laxPath(path) : undefined;
    if (lax !== undefined) return printJson(jsonAllAt(parseJson(text), jsonPath(lax.path, legacy), lax.isRecursive));
    const value = find(text, path, legacy, isJson);
    return value === undefined || (value === null && !isJson) ? null : printJson(value);
  }),
  strict("bq_json_value", ["STRING", "STRING", "BOOL", "BOOL"], "STRING", (text, path, legacy, isJson) =>
    scalarText(find(text, path, legacy, isJson)),
  ),
  strict("bq_json_query_array", ["STRING", "STRING", "BOOL", "BOOL"], "STRINGS", (text, path, legacy, isJson) => {
    const value = find(text, path, legacy, isJson);
    return Array.isArray(value) ? (value as readonly JsonValue[]).map(printJson) : null;
  }),
  strict("bq_json_value_array", ["STRING", "STRING", "BOOL", "BOOL"], "STRINGS", (text, path, legacy, isJson) =>
    scalarTexts(find(text, path, legacy, isJson)),
  ),
  strict("bq_parse_json", ["STRING", "STRING"], "STRING", parsed),
  strict("bq_try_parse_json", ["STRING", "STRING"], "STRING", (text, wide) => {
    try {
      return parsed(text, wide);
    } catch {
      return null;
    }
  }),
  strict("bq_pretty_json", ["STRING"], "STRING", (text) => printPrettyJson(parseJson(text))),
  strict("bq_json_type", ["STRING"], "STRING", (text) => typeOf(parseJson(text))),
  strict("bq_json_member", ["STRING", "STRING"], "STRING", (text, name) => {
    const value = jsonAt(parseJson(text), [name]);
    return value === undefined ? null : printJson(value);
  }),
  strict("bq_json_element", ["STRING", "INT64"], "STRING", (text, index) => {
    const value = jsonAt(parseJson(text), [Number(index)]);
    return value === undefined ? null : printJson(value);
  }),
  strict("bq_json_elements", ["STRING", "BOOL"], "STRINGS", (text, isLax) => {
    const value = parseJson(text);
    if (Array.isArray(value)) return (value as readonly JsonValue[]).map(printJson);
    if (isLax) return null;
    throw new Error("The provided JSON input is not an array");
  }),
  strict("bq_json_flatten", ["STRING"], "STRINGS", (text) => flattened(parseJson(text)).map(printJson)),
  strict("bq_json_keys", ["STRING", "INT64", "STRING"], "STRINGS", (text, depth, mode) => {
    if (depth < 1n) throw new Error("max_depth must be positive.");
    const arrays = ARRAYS_WITHIN[mode.toLowerCase()];
    if (arrays === undefined) throw new Error("Invalid JSON mode specified");
    const keys = new Set<string>();
    collectKeys(parseJson(text), "", Number(depth), arrays, arrays, keys);
    return [...keys].sort();
  }),
  strict("bq_json_int64", ["STRING"], "INT64", (text) => toInt64(parseJson(text))),
  strict("bq_json_float64", ["STRING", "STRING"], "FLOAT64", (text, wide) => {
    const value = parseJson(text);
    if (!(value instanceof JsonNumber)) throw new Error("The provided JSON input is not a number");
    const number = Number(value.text);
    if (wide === "exact" && /^-?\d+$/.test(value.text) && BigInt(value.text) !== BigInt(number))
      throw new Error(`JSON number: ${value.text} cannot be converted to FLOAT64 without loss of precision`);
    return number;
  }),
  strict("bq_json_bool", ["STRING"], "BOOL", (text) => {
    const value = parseJson(text);
    if (typeof value !== "boolean") throw new Error("The provided JSON input is not a boolean");
    return value;
  }),
  strict("bq_json_string", ["STRING"], "STRING", (text) => {
    const value = parseJson(text);
    if (typeof value !== "string") throw new Error("The provided JSON input is not a string");
    return value;
  }),
  strict("bq_json_lax_int64", ["STRING"], "INT64", (text) => laxInt64(parseJson(text))),
  strict("bq_json_lax_float64", ["STRING"], "FLOAT64", (text) => {
    const value = parseJson(text);
    if (value instanceof JsonNumber) return laxNumber(value.text);
    return typeof value === "string" ? laxNumber(value.trim()) : null;
  }),
  strict("bq_json_lax_bool", ["STRING"], "BOOL", (text) => laxBool(parseJson(text))),
  strict("bq_json_lax_string", ["STRING"], "STRING", (text) => {
    const value = parseJson(text);
    if (!(value instanceof JsonNumber) || /^-?\d+$/.test(value.text)) return scalarText(value);
    const number = Number(value.text);
    return Object.is(number, -0) ? "-0" : float64Text(number);
  }),
  lenient(
    "bq_json_array",
    ["STRINGS"],
    "STRING",
    (items) => `[${(items ?? []).map((item) => item ?? "null").join(",")}]`,
  ),
  lenient("bq_json_object", ["STRINGS", "STRINGS"], "STRING", (keys, values) => {
    if (keys === null) throw new Error("Invalid input to JSON_OBJECT: The keys array cannot be NULL");
    if (values === null) throw new Error("Invalid input to JSON_OBJECT: The values array cannot be NULL");
    if (keys.length !== values.length)
      throw new Error("Invalid input to JSON_OBJECT: The number of keys and values must match");
    if (keys.includes(null)) throw new Error("Invalid input to JSON_OBJECT: A key cannot be NULL");
    return normal(new JsonObject(keys.map((key, i) => [key as string, parseJson(values[i] ?? "null")])));
  }),
  lenient("bq_json_set", ["STRING", "BOOL", "STRINGS"], "STRING", (json, create, items) => {
    if (json === null || create === null || items === null) return null;
    if (items.some((item, i) => i % 2 === 0 && item === null)) return null;
    const edit = (value: JsonValue, [path, item]: [string, JsonValue]): JsonValue =>
      setAt(value, jsonPath(path, false), item, create);
    return normal(pairs(items).reduce(edit, parseJson(json)));
  }),
  lenient("bq_json_remove", ["STRING", "STRINGS"], "STRING", (json, paths) => {
    if (json === null || paths === null || paths.includes(null)) return null;
    const edit = (value: JsonValue, path: string | null): JsonValue => removeAt(value, jsonPath(path as string, false));
    return normal(paths.reduce(edit, parseJson(json)));
  }),
  lenient("bq_json_array_edit", ["STRING", "STRING", "BOOL", "STRINGS"], "STRING", (json, how, each, items) => {
    if (json === null || each === null || items === null) return null;
    if (items.some((item, i) => i % 2 === 0 && item === null)) return null;
    // An item of SQL type ARRAY is marked with a leading blank: only those are taken apart.
    let value = parseJson(json);
    for (let i = 0; i + 1 < items.length; i += 2) {
      const text = items[i + 1] ?? "null";
      const item = parseJson(text);
      const values = each && text.startsWith(" ") && Array.isArray(item) ? (item as readonly JsonValue[]) : [item];
      const path = jsonPath(items[i] as string, false);
      value = how === "append" ? appendAt(value, path, values) : insertAt(value, path, values);
    }
    return normal(value);
  }),
  strict("bq_json_strip_nulls", ["STRING", "STRING", "BOOL", "BOOL"], "STRING", (json, path, arrays, empty) =>
    normal(stripNullsAt(parseJson(json), jsonPath(path, false), arrays, empty)),
  ),
];

/** How many arrays directly within each other the modes of JSON_KEYS look into. */
const ARRAYS_WITHIN: Readonly<Record<string, number>> = {
  strict: 0,
  lax: 1,
  "lax recursive": Number.POSITIVE_INFINITY,
};

/** The paths to the members of a value, `depth` steps deep; `left` of the arrays may still be looked into here. */
function collectKeys(
  value: JsonValue,
  prefix: string,
  depth: number,
  arrays: number,
  left: number,
  keys: Set<string>,
): void {
  if (depth === 0) return;
  if (Array.isArray(value) && left > 0) {
    for (const item of value as readonly JsonValue[]) collectKeys(item, prefix, depth, arrays, left - 1, keys);
    return;
  }
  if (!(value instanceof JsonObject)) return;
  for (const [name, member] of value.members) {
    const path = `${prefix}${/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name)}`;
    keys.add(path);
    collectKeys(member, `${path}.`, depth - 1, arrays, arrays, keys);
  }
}
