import { isReadAsQuery } from "../graph/read-queries.js";
import type { Manifest, ManifestAction } from "./manifest.js";

/** A project of which only some actions are made in an environment; what else they read is read where it is published. */
export interface DeferredProject {
  readonly manifest: Manifest;
  /** Keys of the actions that are made in the environment. */
  readonly made: ReadonlySet<string>;
}

/**
 * The project of an environment that makes only what differs from the published datasets.
 * @param own the project as it compiles in the environment
 * @param published as it compiles without it: its names are those of the published datasets
 * @param differing keys, in `own`, of what differs, with all that reads it
 * @param publishedKey the key in `published` of a key in `own`
 */
export function deferredProject(
  own: Manifest,
  published: Manifest,
  differing: ReadonlySet<string>,
  publishedKey: (key: string) => string | undefined,
): DeferredProject {
  const made = closureOf(own, differing);
  const byKey = new Map(published.actions.map((action) => [action.key, action]));
  const elsewhere = new Map<string, ManifestAction>();
  for (const action of own.actions) {
    if (made.has(action.key) || !makesRelation(action)) continue;
    const found = byKey.get(publishedKey(action.key) ?? "");
    if (found !== undefined) elsewhere.set(action.key, found);
  }
  const kept = own.actions.filter(({ key, type }) => made.has(key) || type === "declaration");
  const actions = kept.map((action) => (made.has(action.key) ? rewritten(action, elsewhere, made) : action));
  const declared = [...elsewhere.values()].map(asDeclaration);
  return { manifest: { ...own, actions: [...actions, ...declared] }, made };
}

/**
 * What must be made besides what differs: views that are read, because their queries take their place; whatever statements around a
 * query, operations and functions may read by a name that nobody can put another one for; and the assertions on all that.
 */
function closureOf({ actions }: Manifest, differing: ReadonlySet<string>): ReadonlySet<string> {
  const byKey = new Map(actions.map((action) => [action.key, action]));
  const creators = new Map(actions.flatMap((action) => action.createdRoutines.map((routine) => [routine, action.key])));
  const readAsQuery = new Set(actions.filter(isReadAsQuery).map(({ key }) => key));
  const made = new Set<string>();
  const open = [...differing];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const action = byKey.get(key) ?? byKey.get(creators.get(key) ?? "");
    if (action === undefined || action.type === "declaration" || action.type === "test" || made.has(action.key))
      continue;
    made.add(action.key);
    const reads = [...action.reads, ...(action.incremental?.reads ?? [])].map((read) => read.key);
    open.push(...reads.filter((read) => readAsQuery.has(read)), ...action.hiddenReads);
    open.push(
      ...actions.filter((one) => action.wildcards.some((pattern) => fits(one.key, pattern))).map((one) => one.key),
    );
    if (isOpaque(action)) open.push(...action.dependencies, ...reads);
    for (const other of actions)
      if (other.type === "assertion" && other.reads.some((read) => read.key === action.key)) open.push(other.key);
  }
  return made;
}

/** Whether an action has texts in which nobody knows where a relation is named. */
function isOpaque({ type, preOps, postOps, incremental, unscannable }: ManifestAction): boolean {
  const around = [...preOps, ...postOps, ...(incremental?.preOps ?? []), ...(incremental?.postOps ?? [])];
  return type === "operation" || around.length > 0 || unscannable !== undefined;
}

function fits(key: string, pattern: string): boolean {
  return key.startsWith(pattern.slice(0, -1));
}

function makesRelation({ type, hasOutput }: ManifestAction): boolean {
  return type === "table" || type === "incremental" || type === "view" || (type === "operation" && hasOutput);
}

/** The action with the published names of what it reads and is not made here. */
function rewritten(
  action: ManifestAction,
  elsewhere: ReadonlyMap<string, ManifestAction>,
  made: ReadonlySet<string>,
): ManifestAction {
  const isThere = (key: string) => made.has(key) || !elsewhere.has(key);
  const { incremental } = action;
  return {
    ...action,
    ...renamed({ query: action.query ?? "", reads: action.reads }, elsewhere),
    ...(incremental === undefined ? {} : { incremental: { ...incremental, ...renamed(incremental, elsewhere) } }),
    dependencies: action.dependencies.map((key) => (isThere(key) ? key : (elsewhere.get(key)?.key ?? key))),
  };
}

type Texts = Pick<ManifestAction, "reads"> & { readonly query: string };

/** Puts other names into a query; the places of all names move with them. */
function renamed({ query, reads }: Texts, elsewhere: ReadonlyMap<string, ManifestAction>): Texts {
  let text = "";
  let at = 0;
  const moved: ManifestAction["reads"] = [];
  for (const read of [...reads].sort((a, b) => a.start - b.start)) {
    const there = elsewhere.get(read.key);
    text += query.slice(at, read.start);
    const start = text.length;
    text += there === undefined ? query.slice(read.start, read.end) : pathOf(there);
    at = read.end;
    moved.push({ ...read, key: there?.key ?? read.key, start, end: text.length });
  }
  return { query: text + query.slice(at), reads: moved };
}

/** A relation as Dataform's `ref` writes it. */
function pathOf({ target: { database, dataset, name } }: ManifestAction): string {
  return `\`${[database, dataset, name].filter((part) => part !== "").join(".")}\``;
}

/** What is made elsewhere is a source here. */
function asDeclaration(action: ManifestAction): ManifestAction {
  const { incremental: _incremental, parent: _parent, expectedQuery: _expected, query: _query, ...rest } = action;
  return {
    ...rest,
    type: "declaration",
    preOps: [],
    postOps: [],
    operations: [],
    hasOutput: false,
    dependencies: [],
    reads: [],
    hiddenReads: [],
    wildcards: [],
    writes: [],
    mayWriteMore: false,
    changesItself: false,
    createdRoutines: [],
    foreignFunctions: [],
    accumulating: false,
    softTables: [],
  };
}
