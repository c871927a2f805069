import type { RunnableAction } from "../graph/action.js";
import type { Upstream } from "../graph/node.js";
import { type Coverage, hullOf } from "../plan/coverage.js";
import { inputRanges } from "../plan/input-ranges.js";
import type { LiveOutput } from "../plan/types.js";
import { digestText } from "../port/digest-text.js";
import { type Fingerprint, WHOLE } from "../port/identity.js";
import {
  allColumns,
  type DigestRequest,
  type Observation,
  type PartitionDigests,
  type Relation,
  relationKey,
  rowColumnNames,
} from "../port/port.js";
import { columnsDigest, digestedColumns, inputName, keepsRows, type RowDigests } from "./inputs.js";
import { readRoutineDigests, watchedRoutines } from "./routine-digests.js";

/** What an assertion leaves as its output. */
const JUDGED = "judged" as Fingerprint;

/** Fingerprints of inputs and outputs of some actions, all read from one snapshot. */
export interface Snapshot {
  readonly relations: ReadonlyMap<string, Relation>;
  readonly inputs: RowDigests;
  readonly outputs: ReadonlyMap<string, LiveOutput>;
}

/**
 * Reads the digests that deciding the given actions needs.
 * @param coverageOf which partitions of an action are asked for
 */
export async function readSnapshot(
  transaction: Observation,
  actions: readonly RunnableAction[],
  coverageOf: (key: string) => Coverage,
): Promise<Snapshot> {
  const relations = await transaction.relations();
  const inputs = inputRequests(actions, relations, coverageOf);
  const outputs = actions.map((action) => ({
    action,
    own: outputRequest(action, relations, coverageOf(action.node.key)),
    effects: effectRequests(action, relations),
  }));
  const requests = [
    ...inputs.map(({ request }) => request),
    ...outputs.flatMap(({ own, effects }) => [...(own === undefined ? [] : [own]), ...effects]),
  ];
  const digests = await transaction.digests(requests);
  const routines = await readRoutineDigests(transaction, actions);
  let next = inputs.length;
  const take = () => digests[next++] as PartitionDigests;
  return {
    relations,
    inputs: new Map([
      ...inputs.map(({ name }, index) => [name, digests[index] as PartitionDigests] as const),
      ...routines,
    ]),
    outputs: new Map(
      outputs.map(({ action, own, effects }) => {
        const rows = own === undefined ? undefined : take();
        return [action.node.key, liveOutput(action, relations, rows, effects.map(take), routines)];
      }),
    ),
  };
}

/** One request for each fingerprint that the actions need of what they read; none for those that depend on columns alone. */
function inputRequests(
  actions: readonly RunnableAction[],
  relations: ReadonlyMap<string, Relation>,
  coverageOf: (key: string) => Coverage,
): { readonly name: string; readonly request: DigestRequest }[] {
  const columns = new Map<string, { readonly relation: Relation; readonly columns: readonly string[] }>();
  const nameOf = (upstream: Upstream) => {
    const relation = relations.get(upstream.key);
    if (relation === undefined) return undefined;
    const name = inputName(relation, upstream);
    if (!columns.has(name)) columns.set(name, { relation, columns: digestedColumns(relation, upstream) });
    return name;
  };
  const nodes = actions.filter(keepsRows).map(({ node }) => node);
  return [...inputRanges(nodes, ({ key }) => coverageOf(key), nameOf)].flatMap(([name, range]) => {
    const read = columns.get(name);
    return read === undefined ? [] : [{ name, request: { ...read, range, grain: "partition" as const } }];
  });
}

/**
 * What the readers of a relation ask of it: an engine that remembers what it has read answers all of them by reading its rows once.
 * @param coverageOf which partitions of a reader are asked for
 */
export function requestsOfReaders(
  key: string,
  readers: readonly RunnableAction[],
  relations: ReadonlyMap<string, Relation>,
  coverageOf: (key: string) => Coverage,
): DigestRequest[] {
  const own = readers.filter(({ node }) => node.upstreams.some((upstream) => upstream.key === key));
  return inputRequests(own, relations, coverageOf)
    .map(({ request }) => request)
    .filter(({ relation }) => relationKey(relation.id) === key);
}

/** Whether the action leaves a table of its own. */
export function makesTable({ node, hasOutput }: RunnableAction): boolean {
  return node.kind === "model" || (node.kind === "operation" && hasOutput);
}

/** Content digests of an action's own table; undefined for what is no table. */
export function outputRequest(
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  coverage: Coverage,
): DigestRequest | undefined {
  const relation = relations.get(relationKey(action.target));
  if (!makesTable(action) || relation?.kind !== "table") return undefined;
  const { partitioned } = action.node;
  return {
    relation,
    columns: publishedColumns(relation, action),
    range: partitioned ? hullOf(coverage) : undefined,
    grain: partitioned ? "partition" : "relation",
  };
}

/** Content digests of the relations that the action's statements make and nobody else writes. */
export function effectRequests(action: RunnableAction, relations: ReadonlyMap<string, Relation>): DigestRequest[] {
  return action.effects.flatMap(({ key, watched }) => {
    const relation = relations.get(key);
    if (watched !== "content" || relation?.kind !== "table") return [];
    return [{ relation, columns: allColumns(relation), range: undefined, grain: "relation" as const }];
  });
}

/** The columns of an action's own table but those that only tell when a row was written. */
export function publishedColumns(relation: Relation, action: RunnableAction): readonly string[] {
  const kept = new Set(rowColumnNames(action.rowColumns).map((name) => name.toLowerCase()));
  return allColumns(relation).filter((name) => !kept.has(name.toLowerCase()));
}

/** The version of a view: its definition. */
function viewVersion(relation: Relation | undefined): Fingerprint {
  return digestText(relation?.definition ?? "") as Fingerprint;
}

/**
 * What is there of an action's output.
 * @param rows digests of its own table, as `outputRequest` asks for them
 * @param contents those of `effectRequests`, in their order
 * @param routines those of `readRoutineDigests`
 */
export function liveOutput(
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  rows: PartitionDigests | undefined,
  contents: readonly PartitionDigests[],
  routines: RowDigests,
): LiveOutput {
  const relation = relations.get(relationKey(action.target));
  const effects = effectsDigest(action, relations, contents, routines);
  // The statements of an operation may make a view under its name as well as a table.
  const isView = action.node.kind === "view" || (action.node.kind === "operation" && relation?.kind === "view");
  if (makesTable(action) && !isView) {
    // A table that is partitioned by another column than the model says is not the model's table, unless its rows are history:
    // then it is written to as it stands.
    const itsOwn =
      action.node.kind === "operation" ||
      action.accumulating ||
      isSameName(relation?.partitionColumn, action.partitionColumn);
    return {
      exists: rows !== undefined && itsOwn,
      columns: relation === undefined ? "" : columnsDigest(relation, allColumns(relation), "this order"),
      effects,
      rows: new Map([...(rows ?? [])].map(([partition, { digest }]) => [partition, digest])),
    };
  }
  if (isView)
    return { exists: relation?.kind === "view", columns: "", effects, rows: new Map([[WHOLE, viewVersion(relation)]]) };
  return { exists: true, columns: "", effects, rows: new Map([[WHOLE, JUDGED]]) };
}

/** What stands of the other relations that an action makes: their content, or only that they are there. */
function effectsDigest(
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  contents: readonly PartitionDigests[],
  routines: RowDigests,
): string {
  const functions = watchedRoutines(action).map((key) => [key, routines.get(key)?.get(WHOLE)?.digest ?? "missing"]);
  if (action.effects.length === 0 && functions.length === 0) return "";
  let next = 0;
  const seen = action.effects.map(({ key, watched }) => {
    const relation = relations.get(key);
    if (relation === undefined) return [key, "missing"];
    if (watched !== "content") return [key, relation.kind];
    if (relation.kind === "view") return [key, viewVersion(relation)];
    const rows = contents[next++]?.get(WHOLE)?.digest ?? "";
    return [key, columnsDigest(relation, allColumns(relation), "this order"), rows];
  });
  return digestText(JSON.stringify([...seen, ...functions]));
}

/** Names of columns are compared without case. */
function isSameName(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
