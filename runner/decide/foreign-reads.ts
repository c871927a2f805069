import type { RunnableAction, RunnableProject } from "../graph/action.js";
import { isRoutineKey } from "../graph/routine-key.js";
import type { Relation } from "../port/port.js";

/** A table that is fingerprinted like a source though no declaration names it. */
export interface UndeclaredRead {
  readonly reader: string;
  readonly table: string;
}

/** A relation that is read, that nobody makes and that is not there. */
export interface MissingSource {
  readonly key: string;
  readonly declared: boolean;
  /** It is an assertion that statements read: in queries its own query takes its place. */
  readonly isAssertion: boolean;
  readonly readers: readonly string[];
}

/** Tables that are read though the project neither makes nor declares them. */
export function undeclaredReads(readers: readonly RunnableAction[], project: RunnableProject): UndeclaredRead[] {
  const made = madeBy(project);
  return readers.flatMap(({ node }) =>
    node.upstreams
      .filter(({ key }) => !made.has(key) && !project.sources.has(key) && !isRoutineKey(key))
      .map(({ key }) => ({ reader: node.key, table: key })),
  );
}

/** Relations that some actions read and that neither the warehouse has nor the project makes. */
export function missingSources(
  readers: readonly RunnableAction[],
  project: RunnableProject,
  relations: ReadonlyMap<string, Relation>,
  stateDataset: string,
): MissingSource[] {
  const assertions = new Set(project.actions.filter(({ type }) => type === "assertion").map(({ node }) => node.key));
  const made = madeBy(project);
  const missing = new Map<string, string[]>();
  for (const { node } of readers) {
    if (node.disabled) continue;
    for (const { key } of node.upstreams) {
      if (
        (made.has(key) && !assertions.has(key)) ||
        relations.has(key) ||
        isRoutineKey(key) ||
        hasMember(key, relations)
      )
        continue;
      // The runner makes its own tables before anything runs.
      if (key.startsWith(`${stateDataset}.`)) continue;
      missing.set(key, [...(missing.get(key) ?? []), node.key]);
    }
  }
  return [...missing].map(([key, readBy]) => ({
    key,
    declared: project.sources.has(key),
    isAssertion: assertions.has(key),
    readers: readBy,
  }));
}

/** A table whose partitions nobody knows any more. */
export interface UnpartitionedSource {
  readonly table: string;
  /** The DATE column by which it was partitioned. */
  readonly column: string;
}

/** Tables that are read and that were partitioned when they were last seen. */
export function unpartitionedSources(
  readers: readonly RunnableAction[],
  relations: ReadonlyMap<string, Relation>,
): UnpartitionedSource[] {
  const keys = new Set(readers.flatMap(({ node }) => node.upstreams.map(({ key }) => key)));
  return [...keys].sort().flatMap((table) => {
    const column = relations.get(table)?.lostPartition;
    return column === undefined ? [] : [{ table, column }];
  });
}

/** A wildcard table is there when a table of its prefix is. */
function hasMember(key: string, relations: ReadonlyMap<string, Relation>): boolean {
  return key.endsWith("*") && [...relations.keys()].some((name) => name.startsWith(key.slice(0, -1)));
}

/** What there is in a line, and what to do about it. */
export function missingMessage({ key, declared, isAssertion }: MissingSource): string {
  if (isAssertion)
    return `its statements read ${key}, an assertion, which leaves no view here; write its query instead`;
  const what = declared ? "load it first (fastbreak seed, fastbreak load)" : "declare it or correct the name";
  return `it reads ${key}, which is not in the warehouse; ${what}`;
}

/** What actions make by themselves or by their statements. */
function madeBy(project: RunnableProject): ReadonlySet<string> {
  return new Set(project.actions.flatMap(({ node, writes }) => [node.key, ...writes]));
}
