/** The key under which a persistent function is an input of what calls it: no relation has such a name. */
export function routineKey(name: string): string {
  return `${name.split(".").slice(-2).join(".")}()`;
}

/** Whether an upstream is a persistent function: `ds.f()`. */
export function isRoutineKey(key: string): boolean {
  return key.endsWith("()");
}
