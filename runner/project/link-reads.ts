import { dependencyOrder } from "../graph/order.js";
import type { ManifestAction } from "./manifest.js";

/**
 * Adds to the dependencies of every action what it is known to read: an action whose table it names without `ref`, and an action
 * whose statements make or change a table, or create a function, that it reads. Whoever writes it runs first. Who reads an assertion
 * reads its query, and waits for what that reads, not for what it finds. What would close a circle is left out: then somebody reads
 * what was there before.
 */
export function linkReads(actions: readonly ManifestAction[]): ManifestAction[] {
  const writers = writersOf(actions);
  const assertions = new Map(actions.filter(({ type }) => type === "assertion").map((one) => [one.key, one]));
  const dependencies = new Map(actions.map(({ key, dependencies }) => [key, new Set(dependencies)]));
  for (const action of actions) {
    if (action.type === "declaration" || action.type === "test") continue;
    for (const read of readKeys(action, assertions)) {
      for (const writer of writers.get(read) ?? []) {
        if (writer === action.key || dependsOn(writer, action.key, dependencies)) continue;
        dependencies.get(action.key)?.add(writer);
      }
    }
  }
  return actions.map((action) => ({ ...action, dependencies: [...(dependencies.get(action.key) ?? [])] }));
}

/** The actions in an order in which each comes after what it depends on, and after what its SQL names: an assertion before its readers. */
export function readingOrder(actions: readonly ManifestAction[]): readonly ManifestAction[] {
  const nodes = actions.map((action) => {
    const { key, fileName, dependencies, reads } = action;
    return { key, fileName, dependencies: [...dependencies, ...reads.map((read) => read.key)], action };
  });
  return dependencyOrder(nodes).map(({ action }) => action);
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

function readKeys(action: ManifestAction, assertions: ReadonlyMap<string, ManifestAction>): ReadonlySet<string> {
  const readers = new Set([action]);
  const keys = new Set<string>();
  for (const { reads, incremental, hiddenReads } of readers) {
    for (const key of [...reads, ...(incremental?.reads ?? [])].map((read) => read.key).concat(hiddenReads)) {
      keys.add(key);
      const assertion = assertions.get(key);
      if (assertion !== undefined) readers.add(assertion);
    }
  }
  return keys;
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
