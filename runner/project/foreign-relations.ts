import { loadedPlainly, type ProjectNames } from "../googlesql/project-names.js";
import type { Manifest } from "./manifest.js";

/** Keys of all relations that a project makes, declares, reads or writes; a star at the end stands for any characters. */
export function namedRelations({ actions }: Pick<Manifest, "actions">): readonly string[] {
  const makes = actions.filter(({ type }) => type !== "test");
  const keys = [
    ...makes.map(({ key }) => key),
    ...actions.flatMap((action) => [...readBy(action), ...action.writes.map(({ key }) => key)]),
  ];
  return [...new Set(keys)].filter((key) => key.includes(".") && !key.endsWith(")"));
}

type Named = Pick<Manifest, "actions" | "homeProject">;

/** What names with a project stand for in a project: what it makes, declares or reads by name is its own. */
export function projectNames(manifest: Named): ProjectNames {
  return foreignNames(manifest).projects;
}

function namesIn({ actions, homeProject }: Named): ProjectNames {
  const claimed = new Set<string>();
  for (const action of actions) {
    claimed.add(action.key);
    for (const { key } of action.writes) claimed.add(key);
    for (const key of [...action.createdRoutines, ...readBy(action)]) claimed.add(key);
  }
  const prefixes = [...claimed].filter((key) => key.endsWith("*")).map((key) => key.slice(0, -1));
  return {
    home: homeProject,
    claims: (key) => claimed.has(key) || prefixes.some((prefix) => key.startsWith(prefix)),
  };
}

/** Keys of relations of other projects that a project reads and does not make, and what its names stand for. */
interface ForeignNames {
  readonly keys: readonly string[];
  readonly projects: ProjectNames;
}

/** Every statement and transaction of a run asks. */
const FOREIGN = new WeakMap<Named, ForeignNames>();

function foreignNames(manifest: Named): ForeignNames {
  const known = FOREIGN.get(manifest);
  if (known !== undefined) return known;
  // What the project makes itself it makes under its own name.
  const made = new Set(
    manifest.actions.flatMap(({ type, key, writes }) => [
      ...(type === "declaration" || type === "test" ? [] : [key]),
      ...writes.map((write) => write.key),
    ]),
  );
  const named = manifest.actions.flatMap((action) => [action.key, ...readBy(action)]);
  const keys = [...new Set(named)].filter((key) => !made.has(key) && key.split(".").length === 3);
  const found = { keys, projects: namesIn(manifest) };
  FOREIGN.set(manifest, found);
  return found;
}

/**
 * Relations by their keys. Those of other projects that somebody has loaded without the project stand under the keys by which the
 * project names them, too.
 */
export function withPlainlyLoaded<T>(relations: ReadonlyMap<string, T>, manifest: Named): ReadonlyMap<string, T> {
  if (relations.size === 0) return relations;
  const { keys, projects } = foreignNames(manifest);
  const added = new Map<string, T>();
  for (const key of keys) {
    for (const member of key.endsWith("*") ? membersOf(key, relations) : [key]) {
      if (relations.has(member)) continue;
      const plain = loadedPlainly(member, projects, (name) => relations.get(name));
      if (plain !== undefined) added.set(member, plain);
    }
  }
  return added.size === 0 ? relations : new Map([...relations, ...added]);
}

function readBy({ reads, incremental, hiddenReads, wildcards }: Manifest["actions"][number]): readonly string[] {
  return [...reads, ...(incremental?.reads ?? [])].map(({ key }) => key).concat(hiddenReads, wildcards);
}

/** Keys in another project that a wildcard of it would fit, of the relations that are there without one. */
function membersOf(pattern: string, relations: ReadonlyMap<string, unknown>): readonly string[] {
  const [project, dataset, prefix] = pattern.slice(0, -1).split(".");
  if (prefix === undefined) return [];
  if ([...relations.keys()].some((key) => key.startsWith(pattern.slice(0, -1)))) return [];
  const plain = `${dataset}.${prefix}`;
  return [...relations.keys()].filter((key) => key.startsWith(plain)).map((key) => `${project}.${key}`);
}
