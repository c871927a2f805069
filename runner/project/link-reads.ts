import type { ManifestAction } from "./manifest.js";

/**
 * Adds to the dependencies of every action what it is known to read: an action whose table it names without `ref`, and an action
 * whose statements make or change a table, or create a function, that it reads. Whoever writes it runs first. What would close a
 * circle is left out: then somebody reads what was there before.
 */
export function linkReads(actions: readonly ManifestAction[]): ManifestAction[] {
  const writers = writersOf(actions);
  const dependencies = new Map(actions.map(({ key, dependencies }) => [key, new Set(dependencies)]));
  for (const action of actions) {
    if (action.type === "declaration" || action.type === "test") continue;
    for (const read of readKeys(action)) {
      for (const writer of writers.get(read) ?? []) {
        if (writer === action.key || dependsOn(writer, action.key, dependencies)) continue;
        dependencies.get(action.key)?.add(writer);
      }
    }
  }
  return actions.map((action) => ({ ...action, dependencies: [...(dependencies.get(action.key) ?? [])] }));
}

/** Which actions make or change a relation, or create a function, by its key. */
function writersOf(actions: readonly ManifestAction[]): ReadonlyMap<string, readonly string[]> {
  const writers = new Map<string, string[]>();
  const note = (key: string, writer: string) => writers.set(key, [...(writers.get(key) ?? []), writer]);
  for (const { key, type, writes, createdRoutines } of actions) {
    if (type === "declaration" || type === "test" || type === "assertion") continue;
    note(key, key);
    for (const write of writes) if (write.does !== "drops") note(write.key, key);
    for (const routine of createdRoutines) note(routine, key);
  }
  return writers;
}

function readKeys({ reads, incremental, hiddenReads }: ManifestAction): readonly string[] {
  return [...reads, ...(incremental?.reads ?? [])].map(({ key }) => key).concat(hiddenReads);
}

function dependsOn(key: string, other: string, dependencies: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>();
  const open = [key];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === other) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(dependencies.get(next) ?? []));
  }
  return false;
}
