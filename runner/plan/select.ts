import { nearestName } from "../port/nearest.js";

/** What selection needs to know of an action. */
export interface Selectable {
  readonly key: string;
  readonly name: string;
  readonly fileName: string;
  readonly tags: readonly string[];
  readonly dependencies: readonly string[];
  /** Files whose text decides the action. */
  readonly sourceFiles: readonly string[];
}

/** What selectors ask for that the project's graph does not know. */
export interface SelectionFacts {
  /** Keys of the stale actions, for `state:stale`. */
  readonly stale: ReadonlySet<string>;
  /** Files that differ from each git reference named by a `git:` selector. */
  readonly changedFiles: ReadonlyMap<string, ReadonlySet<string>>;
}

const NO_FACTS: SelectionFacts = { stale: new Set(), changedFiles: new Map() };

export interface Selection {
  /** Selectors, united; a comma inside one intersects: `tag:phase3,path:definitions/analytics`. */
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** The Dataform CLI's own selection: exact names. */
  readonly actions: readonly string[];
  readonly tags: readonly string[];
  readonly includeDependencies: boolean;
  readonly includeDependents: boolean;
}

export const EVERYTHING: Selection = {
  select: [],
  exclude: [],
  actions: [],
  tags: [],
  includeDependencies: false,
  includeDependents: false,
};

/** A selector that matches nothing; exit code 2. */
export class SelectionError extends Error {
  override readonly name = "SelectionError";
}

/**
 * The keys that a selection picks; undefined: everything, because nothing was asked for.
 * Grammar of a selector: `name`, `dataset.name`, `tag:t`, `path:folder`, `state:stale`, `git:reference`, each with `+` before it
 * for all it depends on, `+` behind it for all that depends on it, or `@` before it for all that depends on it with all that
 * those depend on.
 * @throws SelectionError for a name, tag or path that matches nothing
 */
export function selectActions(
  actions: readonly Selectable[],
  selection: Selection,
  facts: SelectionFacts = NO_FACTS,
): ReadonlySet<string> | undefined {
  const graph = new SelectionGraph(actions, facts);
  const picked = [
    ...selection.select.map((selector) => graph.selector(selector)),
    ...selection.actions.map((name) => graph.named(name)),
    ...selection.tags.map((tag) => graph.tagged(tag)),
  ];
  const excluded = union(selection.exclude.map((selector) => graph.selector(selector)));
  if (picked.length === 0 && excluded.size === 0) return undefined;
  let keys = picked.length === 0 ? new Set(actions.map(({ key }) => key)) : union(picked);
  if (selection.includeDependencies) keys = union([keys, graph.ancestors(keys)]);
  if (selection.includeDependents) keys = union([keys, graph.descendants(keys)]);
  const left = new Set([...keys].filter((key) => !excluded.has(key)));
  if (left.size === 0 && keys.size > 0)
    throw new SelectionError("the selection matches nothing: everything selected is excluded too");
  return left;
}

/** Tags that a message can name. */
const FEW_TAGS = 12;

function tagsText(tags: readonly string[]): string {
  if (tags.length === 0) return "none has any";
  return tags.length > FEW_TAGS ? "fastbreak ls lists them" : `known: ${tags.join(", ")}`;
}

class SelectionGraph {
  readonly #dependents = new Map<string, string[]>();
  readonly #byKey: ReadonlyMap<string, Selectable>;

  constructor(
    readonly actions: readonly Selectable[],
    readonly facts: SelectionFacts,
  ) {
    this.#byKey = new Map(actions.map((action) => [action.key, action]));
    for (const { key, dependencies } of actions) {
      for (const dependency of dependencies)
        this.#dependents.set(dependency, [...(this.#dependents.get(dependency) ?? []), key]);
    }
  }

  selector(text: string): ReadonlySet<string> {
    const sets = text.split(",").map((part) => this.#single(part.trim()));
    const [first = new Set<string>(), ...rest] = sets;
    const both = new Set([...first].filter((key) => rest.every((set) => set.has(key))));
    // Nothing being stale or changed is an answer; names that have nothing in common are a mistake.
    if (both.size === 0 && !/(^|[+@,\s])(state|git):/.test(text))
      throw new SelectionError(`--select ${text} matches nothing: its parts have no action in common`);
    return both;
  }

  named(name: string): ReadonlySet<string> {
    const found = this.actions.filter((action) => action.key === name || action.name === name);
    if (found.length > 0) return keysOf(found);
    const near = nearestName(
      name,
      this.actions.flatMap((action) => [action.name, action.key]),
    );
    const hint = near === undefined ? "fastbreak ls lists them" : `did you mean ${near}?`;
    throw new SelectionError(`no action is named ${name}; ${hint}`);
  }

  tagged(tag: string): ReadonlySet<string> {
    const found = this.actions.filter(({ tags }) => tags.includes(tag));
    if (found.length > 0) return keysOf(found);
    const tags = [...new Set(this.actions.flatMap((action) => action.tags))];
    const near = nearestName(tag, tags);
    const hint = near === undefined ? tagsText(tags) : `did you mean ${near}?`;
    throw new SelectionError(`no action has the tag ${tag}; ${hint}`);
  }

  ancestors(keys: ReadonlySet<string>): ReadonlySet<string> {
    return reachable(
      keys,
      (key) => this.#byKey.get(key)?.dependencies.filter((dependency) => this.#byKey.has(dependency)) ?? [],
    );
  }

  descendants(keys: ReadonlySet<string>): ReadonlySet<string> {
    return reachable(keys, (key) => this.#dependents.get(key) ?? []);
  }

  #single(text: string): ReadonlySet<string> {
    const match = /^([+@]?)(.*?)(\+?)$/.exec(text);
    const core = match?.[2] ?? text;
    if (core === "") throw new SelectionError(`--select "${text}" names nothing`);
    const base = this.#base(core);
    if (match?.[1] === "@") {
      const below = union([base, this.descendants(base)]);
      return union([below, this.ancestors(below)]);
    }
    const up = match?.[1] === "+" ? this.ancestors(base) : new Set<string>();
    const down = match?.[3] === "+" ? this.descendants(base) : new Set<string>();
    return union([base, up, down]);
  }

  #base(text: string): ReadonlySet<string> {
    if (text.startsWith("tag:")) return this.tagged(text.slice("tag:".length));
    if (text.startsWith("path:")) return this.#under(text.slice("path:".length));
    if (text.startsWith("git:")) return this.#changedSince(text.slice("git:".length));
    if (text === "state:stale") return this.facts.stale;
    if (text.startsWith("state:"))
      throw new SelectionError(`${text} is not known; the state that can be selected is state:stale`);
    return this.named(text);
  }

  #changedSince(reference: string): ReadonlySet<string> {
    const files = this.facts.changedFiles.get(reference) ?? new Set<string>();
    return keysOf(
      this.actions.filter(({ fileName, sourceFiles }) => [fileName, ...sourceFiles].some((file) => files.has(file))),
    );
  }

  #under(path: string): ReadonlySet<string> {
    const folder = path.replace(/\/+$/, "");
    const found = this.actions.filter(({ fileName }) => fileName === folder || fileName.startsWith(`${folder}/`));
    if (found.length === 0) throw new SelectionError(`no action is defined under ${path}`);
    return keysOf(found);
  }
}

function reachable(from: ReadonlySet<string>, next: (key: string) => readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...from];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const neighbour of next(key)) {
      if (seen.has(neighbour)) continue;
      seen.add(neighbour);
      open.push(neighbour);
    }
  }
  return seen;
}

function union(sets: readonly ReadonlySet<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

function keysOf(actions: readonly Selectable[]): ReadonlySet<string> {
  return new Set(actions.map(({ key }) => key));
}
