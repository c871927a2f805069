import type { JsonStep } from "./json-path.js";
import { JsonObject, type JsonValue } from "./json-value.js";

const isArray = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

/** What to put in place of a value that is there (or, with `undefined`, is not); `undefined`: leave it out. */
type Change = (value: JsonValue | undefined) => JsonValue | undefined;

/** Applies a change at a path; containers on the way that do not exist are made where `create` is set. */
function changeAt(
  value: JsonValue | undefined,
  path: readonly JsonStep[],
  create: boolean,
  change: Change,
): JsonValue | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (typeof step === "string") {
    if (value === null || value === undefined) {
      if (!create) return value;
      const made = changeAt(undefined, rest, create, change);
      return made === undefined ? value : new JsonObject([[step, made]]);
    }
    if (!(value instanceof JsonObject)) return value;
    return changeMember(value, step, rest, create, change);
  }
  if (value === null || value === undefined) {
    if (!create) return value;
    const made = changeAt(undefined, rest, create, change);
    return made === undefined ? value : [...Array.from({ length: step }, () => null), made];
  }
  if (!isArray(value)) return value;
  if (step < value.length) {
    const changed = changeAt(value[step], rest, create, change);
    return changed === undefined ? value.toSpliced(step, 1) : value.with(step, changed);
  }
  if (!create) return value;
  const made = changeAt(undefined, rest, create, change);
  return made === undefined ? value : [...value, ...Array.from({ length: step - value.length }, () => null), made];
}

function changeMember(
  object: JsonObject,
  name: string,
  rest: readonly JsonStep[],
  create: boolean,
  change: Change,
): JsonValue {
  const old = object.get(name);
  if (old === undefined && !create) return object;
  const changed = changeAt(old, rest, create, change);
  if (old === undefined) return changed === undefined ? object : new JsonObject([...object.members, [name, changed]]);
  return new JsonObject(
    object.members.flatMap(([key, member]) =>
      key !== name ? [[key, member] as const] : changed === undefined ? [] : [[key, changed] as const],
    ),
  );
}

/** JSON_SET of one path. */
export function setAt(json: JsonValue, path: readonly JsonStep[], value: JsonValue, create: boolean): JsonValue {
  return changeAt(json, path, create, (old) => (old === undefined && !create ? undefined : value)) ?? null;
}

/** JSON_REMOVE of one path. */
export function removeAt(json: JsonValue, path: readonly JsonStep[]): JsonValue {
  if (path.length === 0) throw new Error("The JSONPath cannot be '$'");
  return changeAt(json, path, false, () => undefined) ?? null;
}

/** JSON_ARRAY_APPEND of one path: an array takes the values at its end; null becomes an array; anything else stays. */
export function appendAt(json: JsonValue, path: readonly JsonStep[], values: readonly JsonValue[]): JsonValue {
  const change: Change = (old) => (old === null ? [...values] : isArray(old) ? [...old, ...values] : old);
  return changeAt(json, path, false, change) ?? null;
}

/** JSON_ARRAY_INSERT of one path, whose last step is a position. */
export function insertAt(json: JsonValue, path: readonly JsonStep[], values: readonly JsonValue[]): JsonValue {
  const position = path.at(-1);
  if (typeof position !== "number") return json;
  const filled = (old: readonly JsonValue[]): JsonValue => [
    ...old,
    ...Array.from({ length: position - old.length }, () => null),
    ...values,
  ];
  const change: Change = (old) => {
    if (old === null) return filled([]);
    if (!isArray(old)) return old;
    return position > old.length ? filled(old) : old.toSpliced(position, 0, ...values);
  };
  return changeAt(json, path.slice(0, -1), false, change) ?? null;
}

/** JSON_STRIP_NULLS below a path. */
export function stripNullsAt(json: JsonValue, path: readonly JsonStep[], arrays: boolean, empty: boolean): JsonValue {
  const change: Change = (old) => {
    if (old === undefined) return undefined;
    const kept = strip(old, arrays, empty);
    return kept === undefined ? null : kept;
  };
  return changeAt(json, path, false, change) ?? null;
}

function strip(value: JsonValue, arrays: boolean, empty: boolean): JsonValue | undefined {
  if (isArray(value)) {
    if (!arrays) return value.map((item) => strip(item, arrays, empty) ?? null);
    const items = value.flatMap((item) => {
      const kept = strip(item, arrays, empty);
      return kept === undefined || kept === null ? [] : [kept];
    });
    return empty && items.length === 0 ? undefined : items;
  }
  if (value instanceof JsonObject) {
    const members = value.members.flatMap(([name, member]) => {
      const kept = strip(member, arrays, empty);
      return kept === undefined || kept === null ? [] : [[name, kept] as const];
    });
    return empty && members.length === 0 ? undefined : new JsonObject(members);
  }
  return value;
}
