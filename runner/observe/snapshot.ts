import type { RunnableAction } from "../graph/action.js";
import type { Upstream } from "../graph/node.js";
import { inputRanges } from "../plan/digest-needs.js";
import type { LiveOutput, Window } from "../plan/types.js";
import { digestText } from "../port/digest-text.js";
import { type Fingerprint, WHOLE } from "../port/identity.js";
import {
  allColumns,
  type DigestRequest,
  type PartitionDigests,
  type Relation,
  relationKey,
  rowColumnNames,
  type Transaction,
} from "../port/port.js";
import { columnsDigest, fingerprintedColumns, inputName, type RowDigests } from "./inputs.js";
import { readRoutineDigests } from "./routine-digests.js";

/** What an assertion that found nothing leaves as its output. */
const PASSED = "passed" as Fingerprint;

/** Fingerprints of inputs and outputs of some actions, all read from one snapshot. */
export interface Snapshot {
  readonly relations: ReadonlyMap<string, Relation>;
  readonly inputs: RowDigests;
  readonly outputs: ReadonlyMap<string, LiveOutput>;
}

/** Reads the digests that deciding the given actions needs, in one statement. */
export async function readSnapshot(
  transaction: Transaction,
  actions: readonly RunnableAction[],
  window: Window,
): Promise<Snapshot> {
  const relations = await transaction.relations();
  const inputs = inputRequests(actions, relations, window);
  const outputs = actions.flatMap((action) => {
    const request = outputRequest(action, relations, window);
    return request === undefined ? [] : [{ action, request }];
  });
  const digests = await transaction.digests([...inputs, ...outputs].map(({ request }) => request));
  const routines = await readRoutineDigests(transaction, actions);
  return {
    relations,
    inputs: new Map([
      ...inputs.map(({ name }, index) => [name, digests[index] as PartitionDigests] as const),
      ...routines,
    ]),
    outputs: new Map(
      actions.map((action) => {
        const index = outputs.findIndex((output) => output.action === action);
        return [action.node.key, liveOutput(action, relations, index < 0 ? undefined : digests[inputs.length + index])];
      }),
    ),
  };
}

/** One request for each fingerprint that the actions need of what they read. A view needs none: it depends on columns alone. */
function inputRequests(
  actions: readonly RunnableAction[],
  relations: ReadonlyMap<string, Relation>,
  window: Window,
): { readonly name: string; readonly request: DigestRequest }[] {
  const columns = new Map<string, { readonly relation: Relation; readonly columns: readonly string[] }>();
  const nameOf = (upstream: Upstream) => {
    const relation = relations.get(upstream.key);
    if (relation === undefined) return undefined;
    const name = inputName(relation, upstream);
    if (!columns.has(name)) columns.set(name, { relation, columns: fingerprintedColumns(relation, upstream) });
    return name;
  };
  const nodes = actions.map(({ node }) => node).filter(({ kind }) => kind !== "view");
  return [...inputRanges(nodes, window, nameOf)].flatMap(([name, range]) => {
    const read = columns.get(name);
    return read === undefined ? [] : [{ name, request: { ...read, range, grain: "partition" as const } }];
  });
}

/** Whether the action leaves a table of its own. */
export function makesTable({ node, hasOutput }: RunnableAction): boolean {
  return node.kind === "model" || (node.kind === "operation" && hasOutput);
}

/** Content digests of an action's own table; undefined for what is no table. */
export function outputRequest(
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  range: Window,
): DigestRequest | undefined {
  const relation = relations.get(relationKey(action.target));
  if (!makesTable(action) || relation?.kind !== "table") return undefined;
  const { partitioned } = action.node;
  return {
    relation,
    columns: publishedColumns(relation, action),
    range: partitioned ? range : undefined,
    grain: partitioned ? "partition" : "relation",
  };
}

/** The columns of an action's own table but those that only tell when a row was written. */
export function publishedColumns(relation: Relation, action: RunnableAction): readonly string[] {
  const kept = new Set(rowColumnNames(action.rowColumns));
  return allColumns(relation).filter((name) => !kept.has(name));
}

/** The version of a view: its definition. */
function viewVersion(relation: Relation | undefined): Fingerprint {
  return digestText(relation?.definition ?? "") as Fingerprint;
}

/** What is there of an action's output. */
export function liveOutput(
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  digests: PartitionDigests | undefined,
): LiveOutput {
  const relation = relations.get(relationKey(action.target));
  if (makesTable(action)) {
    // A table that is partitioned by another column than the model says is not the model's table.
    const itsOwn = action.node.kind === "operation" || relation?.partitionColumn === action.partitionColumn;
    return {
      exists: digests !== undefined && itsOwn,
      columns: relation === undefined ? "" : columnsDigest(relation, allColumns(relation), "any order"),
      rows: new Map([...(digests ?? [])].map(([partition, { digest }]) => [partition, digest])),
    };
  }
  if (action.node.kind === "view")
    return { exists: relation?.kind === "view", columns: "", rows: new Map([[WHOLE, viewVersion(relation)]]) };
  return { exists: true, columns: "", rows: new Map([[WHOLE, PASSED]]) };
}
