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

function elementAt(items: readonly JsonValue[], step: JsonStep): JsonValue | undefined {
  return typeof step === "number" ? items[step] : undefined;
}
