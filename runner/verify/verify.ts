import type { ProjectPlan } from "../decide/plan-project.js";
import { composeUnrestricted } from "../execute/compose.js";
import { locating, runStatements } from "../execute/located.js";
import type { RunnableAction } from "../graph/action.js";
import type { Locate } from "../graph/locate.js";
import { publishedColumns } from "../observe/snapshot.js";
import { partitionsOf } from "../plan/partitions.js";
import type { Partition } from "../port/identity.js";
import { type PartitionDigests, type Relation, relationKey, type Transaction } from "../port/port.js";
import { typeName } from "../port/sql-types.js";

/** A partition whose live rows are not what its query gives. */
export interface Difference {
  readonly partition: string;
  readonly liveRows: number;
  readonly rebuiltRows: number;
}

export interface Verified {
  readonly key: string;
  /** How many partitions were compared. */
  readonly partitions: number;
  readonly differences: readonly Difference[];
  /** Why the model could not be compared. */
  readonly problem: string | undefined;
}

/**
 * Builds every selected model again as stock Dataform would, from whole upstreams, and compares each partition's fingerprint
 * with the live table's. Upstreams are read as they stand: when every model equals its own rebuild, the warehouse equals a full
 * one. Publishes nothing: of pre_operations only what declares something for the query runs.
 */
export async function verifyModels(
  transaction: Transaction,
  plan: ProjectPlan,
  selected: ReadonlySet<string> | undefined,
  locate: Locate,
): Promise<readonly Verified[]> {
  const verified: Verified[] = [];
  for (const action of plan.project.actions) {
    const { key, kind, disabled } = action.node;
    if (kind !== "model" || disabled || (selected !== undefined && !selected.has(key))) continue;
    verified.push(await verifyModel(transaction, action, plan, locate));
  }
  return verified;
}

async function verifyModel(
  transaction: Transaction,
  action: RunnableAction,
  plan: ProjectPlan,
  locate: Locate,
): Promise<Verified> {
  const { key, partitioned } = action.node;
  const partitions = partitionsOf(action.node, plan.window);
  const result = { key, partitions: partitions.length, differences: [], problem: undefined };
  if (partitions.length === 0) return result;
  const live = (await transaction.relations()).get(relationKey(action.target));
  if (live?.kind !== "table") return { ...result, problem: "its table is not there" };
  const query = composeUnrestricted(action, partitioned ? partitions : undefined);
  const stage = await transaction.script(
    async (script) => {
      await runStatements(script, action, "pre_operations", (action.selfReading ?? action).preOps, locate);
      return locating(query, locate, (sql) => script.stage(sql));
    },
    { readOnly: true },
  );
  const typed = (columns: Relation["columns"]) =>
    columns
      .map(({ name, type }) => `${name} ${typeName(type)}`)
      .sort()
      .join(", ");
  if (typed(stage.columns) !== typed(live.columns) || live.foreignColumns.length > 0) {
    await transaction.discard(stage);
    return { ...result, problem: "its table has other columns than its query" };
  }
  const request = {
    relation: live,
    columns: publishedColumns(live, action),
    grain: partitioned ? ("partition" as const) : ("relation" as const),
  };
  const rebuilt = await transaction.digestStage(stage, request);
  await transaction.discard(stage);
  const range = partitioned ? { from: partitions[0] as string, to: partitions.at(-1) as string } : undefined;
  const [standing = new Map()] = await transaction.digests([{ ...request, range }]);
  return { ...result, differences: partitions.flatMap((partition) => difference(partition, standing, rebuilt)) };
}

function difference(partition: Partition, live: PartitionDigests, rebuilt: PartitionDigests): Difference[] {
  const [has, should] = [live.get(partition), rebuilt.get(partition)];
  if (has?.digest === should?.digest) return [];
  return [{ partition, liveRows: has?.rows ?? 0, rebuiltRows: should?.rows ?? 0 }];
}
