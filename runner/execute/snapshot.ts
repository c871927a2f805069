import { createHash } from "node:crypto";
import { inputRanges } from "../plan/digest-needs.js";
import type { InputDigests, LiveOutput, Partition, Window } from "../plan/types.js";
import { WHOLE } from "../plan/types.js";
import {
  type DigestRequest,
  type PartitionDigests,
  type Relation,
  relationKey,
  rowColumnNames,
  type Transaction,
} from "../warehouse/port.js";
import type { RunnableAction } from "./action.js";
import { readRoutineDigests } from "./routine-digests.js";

/** What an assertion that found nothing leaves as its output. */
export const PASSED = "passed";

/** Fingerprints of inputs and outputs of some actions, all read from one snapshot. */
export interface Snapshot {
  readonly relations: ReadonlyMap<string, Relation>;
  readonly inputs: InputDigests;
  /** The columns of each relation instead of its rows: all that a view depends on. */
  readonly schemas: InputDigests;
  readonly outputs: ReadonlyMap<string, LiveOutput>;
}

/** Reads the digests that deciding the given actions needs, in one statement. */
export async function readSnapshot(
  transaction: Transaction,
  actions: readonly RunnableAction[],
  window: Window,
): Promise<Snapshot> {
  const relations = await transaction.relations();
  const inputs = [
    ...inputRanges(
      actions.filter(({ node }) => node.kind !== "view").map((action) => action.node),
      window,
    ),
  ].flatMap(([key, range]) => {
    const relation = relations.get(key);
    return relation === undefined
      ? []
      : [{ key, request: { relation, purpose: "data", exclude: [], range, grain: "partition" } as DigestRequest }];
  });
  const outputs = actions.flatMap((action) => {
    const request = outputRequest(action, relations, window);
    return request === undefined ? [] : [{ action, request }];
  });
  const digests = await transaction.digests([...inputs, ...outputs].map(({ request }) => request));
  const routines = await readRoutineDigests(transaction, actions);
  return {
    relations,
    inputs: new Map([
      ...inputs.map(({ key }, index) => [key, digests[index] as PartitionDigests] as const),
      ...routines,
    ]),
    schemas: new Map([
      ...actions
        .filter(({ node }) => node.kind === "view")
        .flatMap(({ node }) => node.upstreams.map(({ key }) => [key, schemaDigest(relations.get(key))] as const)),
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

/** The digests that an action's decision compares: columns for a view, rows for anything else. */
export function inputsOf(action: RunnableAction, snapshot: Snapshot): InputDigests {
  return action.node.kind === "view" ? snapshot.schemas : snapshot.inputs;
}

function schemaDigest(relation: Relation | undefined): PartitionDigests {
  if (relation === undefined) return new Map();
  const columns = JSON.stringify([relation.columns, relation.foreignColumns]);
  return new Map([[WHOLE, { rows: 0, digest: createHash("sha256").update(columns).digest("hex").slice(0, 32) }]]);
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
  const exclude = rowColumnNames(action.rowColumns);
  const { partitioned } = action.node;
  return {
    relation,
    purpose: "content",
    exclude,
    range: partitioned ? range : undefined,
    grain: partitioned ? "partition" : "relation",
  };
}

/** The output version of each partition, as it is recorded and compared. */
export function versionsOf(digests: PartitionDigests): ReadonlyMap<Partition, string> {
  return new Map([...digests].map(([partition, digest]) => [partition, digest.digest]));
}

/** The version of a view: its definition. */
export function viewVersion(relation: Relation | undefined): string {
  return createHash("sha256")
    .update(relation?.definition ?? "")
    .digest("hex")
    .slice(0, 32);
}

function liveOutput(
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  digests: PartitionDigests | undefined,
): LiveOutput {
  const relation = relations.get(relationKey(action.target));
  if (action.node.kind === "operation" && action.hasOutput)
    return { exists: digests !== undefined, versions: versionsOf(digests ?? new Map()) };
  switch (action.node.kind) {
    case "model":
      // A table that is partitioned by another column than the model says is not the model's table.
      return {
        exists: digests !== undefined && relation?.partitionColumn === action.partitionColumn,
        versions: versionsOf(digests ?? new Map()),
      };
    case "view":
      return { exists: relation?.kind === "view", versions: new Map([[WHOLE, viewVersion(relation)]]) };
    default:
      return { exists: true, versions: new Map([[WHOLE, PASSED]]) };
  }
}
