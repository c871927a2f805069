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

/** A path and how it is followed: `lax` takes arrays apart on the way to a member, `lax recursive` arrays within them, too. */
export interface LaxPath {
  readonly path: string;
  readonly isRecursive: boolean;
}

const LAX = /^(lax|lax\s+recursive|recursive\s+lax)\s+(?=\$)/i;

/** The path behind the mode of a JSONPath; undefined: it names none. https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions#JSONPath_mode */
export function laxPath(path: string): LaxPath | undefined {
  const mode = LAX.exec(path);
  if (mode === null) return undefined;
  return { path: path.slice(mode[0].length), isRecursive: /recursive/i.test(mode[0]) };
}

/** All values at a path, arrays taken apart before the name of a member, and whatever is no array taken for one before a position. */
export function jsonAllAt(value: JsonValue, path: readonly JsonStep[], isRecursive: boolean): readonly JsonValue[] {
  const [step, ...rest] = path;
  if (step === undefined) return [value];
  if (typeof step === "number") {
    const element = Array.isArray(value)
      ? elementAt(value as readonly JsonValue[], step)
      : step === 0
        ? value
        : undefined;
    return element === undefined ? [] : jsonAllAt(element, rest, isRecursive);
  }
  return objectsIn(value, isRecursive ? Number.POSITIVE_INFINITY : 1).flatMap((object) => {
    const member = object.get(step);
    return member === undefined ? [] : jsonAllAt(member, rest, isRecursive);
  });
}

/** The value, if it is an object; the objects in the array that it is, down to some depth. */
function objectsIn(value: JsonValue, depth: number): readonly JsonObject[] {
  if (value instanceof JsonObject) return [value];
  if (!Array.isArray(value) || depth === 0) return [];
  return (value as readonly JsonValue[]).flatMap((item) => objectsIn(item, depth - 1));
}

function elementAt(items: readonly JsonValue[], step: JsonStep): JsonValue | undefined {
  return typeof step === "number" ? items[step] : undefined;
}
