import { JsonObject, type JsonValue } from "./json-value.js";

export type JsonStep = string | number;

const STANDARD = /\.([^.[\]"']+)|\."((?:[^"\\]|\\.)*)"|\[\s*(-?\d+)\s*\]/y;
const LEGACY = /\.([^.[\]"']+)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[\s*(-?\d+)\s*\]/y;
const cache = new Map<string, readonly JsonStep[]>();

/**
 * The members and positions of a JSONPath. The legacy form (JSON_EXTRACT) quotes names as `['a']`, the standard one (JSON_QUERY) as `."a"`.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions#JSONPath_format
 */
export function jsonPath(path: string, legacy: boolean): readonly JsonStep[] {
  const key = `${legacy ? "l" : "s"}${path}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const steps = parsePath(path, legacy);
  if (cache.size > 500) cache.clear();
  cache.set(key, steps);
  return steps;
}

function parsePath(path: string, legacy: boolean): JsonStep[] {
  if (!path.startsWith("$")) throw new Error("JSONPath must start with '$'");
  const steps: JsonStep[] = [];
  const pattern = legacy ? LEGACY : STANDARD;
  let at = 1;
  while (at < path.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(path);
    if (match === null) throw new Error(`Invalid token in JSONPath at: ${path.slice(at)}`);
    at = pattern.lastIndex;
    const index = match.at(-1);
    if (index !== undefined && /\[/.test(match[0]) && /^-?\d+$/.test(index) && !/['"]/.test(match[0]))
      steps.push(Number(index));
    else steps.push((match.slice(1).find((name) => name !== undefined) ?? "").replace(/\\(["'\\])/g, "$1"));
  }
  return steps;
}

/** The value at a path; undefined: there is none. A position in digits also names a member that is called so. */
export function jsonAt(value: JsonValue, path: readonly JsonStep[]): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  for (const step of path) {
    if (current instanceof JsonObject) current = typeof step === "string" ? current.get(step) : undefined;
    else if (Array.isArray(current)) current = elementAt(current as readonly JsonValue[], step);
    else return undefined;
    if (current === undefined) return undefined;
  }
  return current;
}

/** How far the steps of a lax path open arrays. */
export interface LaxPath {
  readonly recursive: boolean;
  readonly steps: readonly JsonStep[];
}

/**
 * `lax $.a` and `lax recursive $.a`, in any case and order; undefined: a path without a mode.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions#JSONPath_mode
 */
export function laxPath(path: string): LaxPath | undefined {
  const [, mode = "", rest = ""] = /^\s*(lax(?:\s+recursive)?|recursive\s+lax)\s+(\$.*)$/is.exec(path) ?? [];
  if (mode === "") return undefined;
  return { recursive: /recursive/i.test(mode), steps: jsonPath(rest, false) };
}

/** All values at a lax path: a name opens the array that it meets, and a position takes what is no array for one of it alone. */
export function jsonAtLax(value: JsonValue, { recursive, steps }: LaxPath): readonly JsonValue[] {
  let found: readonly JsonValue[] = [value];
  for (const step of steps) {
    found = found.flatMap((one): readonly JsonValue[] => {
      if (typeof step === "number") {
        const item = elementAt(Array.isArray(one) ? (one as readonly JsonValue[]) : [one], step);
        return item === undefined ? [] : [item];
      }
      return opened(one, recursive).flatMap((item) => {
        const member = item instanceof JsonObject ? item.get(step) : undefined;
        return member === undefined ? [] : [member];
      });
    });
  }
  return found;
}

function opened(value: JsonValue, recursive: boolean): readonly JsonValue[] {
  if (!Array.isArray(value)) return [value];
  const items = value as readonly JsonValue[];
  return recursive ? items.flatMap((item) => opened(item, true)) : items;
}

function elementAt(items: readonly JsonValue[], step: JsonStep): JsonValue | undefined {
  return typeof step === "number" ? items[step] : undefined;
}
