import { foldedKey } from "../googlesql/project-names.js";

/** The key under which a persistent function is an input of what calls it: no relation has such a name. */
export function routineKey(name: string, home: string | undefined): string {
  return `${foldedKey(name.split("."), home)}()`;
}

/** Whether an upstream is a persistent function: `ds.f()`. */
export function isRoutineKey(key: string): boolean {
  return key.endsWith("()");
}
