import pLimit from "p-limit";
import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import { inputsOf } from "../observe/inputs.js";
import { readSnapshot, type Snapshot } from "../observe/snapshot.js";
import { type Coverage, setOf } from "../plan/coverage.js";
import { inputHashes } from "../plan/input-hash.js";
import type { InputHashText } from "../plan/types.js";
import type { Partition } from "../port/identity.js";
import { partitionTest } from "../port/partition-set.js";
import type { Transaction, Warehouse } from "../port/port.js";
import type { BuildContext } from "./build.js";
import { composeBuild } from "./compose.js";

/** How the windows of actions are split among workers. */
export interface ShardOptions {
  /** Dataset of the tables that workers leave for a while. */
  readonly dataset: string;
  /** Workers of an action, by its key; an action without has one. */
  readonly workers: ReadonlyMap<string, number>;
}

/** Rows of some partitions that workers have computed, with the inputs that each of them had. */
export interface Shards {
  readonly tables: readonly string[];
  readonly inputs: ReadonlyMap<Partition, InputHashText>;
}

/** Whether the rows of a partition depend on nothing but its inputs, so that whoever computes them computes the same. */
export function canBeSplit(action: RunnableAction): boolean {
  const { node, accumulating, preOps, postOps, partitionColumn } = action;
  return (
    node.kind === "model" &&
    node.partitioned &&
    partitionColumn !== undefined &&
    !accumulating &&
    node.volatile === undefined &&
    preOps.length + postOps.length === 0 &&
    node.upstreams.every(({ key }) => key !== node.key)
  );
}

/** An empty place for what workers leave; what an earlier run that died has left is removed. */
export async function clearShards(transaction: Transaction, dataset: string, makes: boolean): Promise<void> {
  await transaction.execute(`DROP SCHEMA IF EXISTS ${quoteIdentifier(dataset)} CASCADE`);
  if (makes) await transaction.execute(`CREATE SCHEMA ${quoteIdentifier(dataset)}`);
}

/**
 * Computes partitions of an action beforehand, in as many shares as it has workers, each in a transaction of its own. Their snapshots may
 * differ from that of the transaction that publishes: `useShards` compares what was read.
 * @returns undefined where one fails: whoever publishes computes himself then, and tells what is wrong
 */
export async function computeShards(
  warehouse: Warehouse,
  action: RunnableAction,
  partitions: readonly Partition[],
  coverage: Coverage,
  { dataset, workers }: ShardOptions,
  { views, run }: Pick<BuildContext, "views" | "run">,
): Promise<Shards | undefined> {
  const shares = sharesOf(partitions, workers.get(action.node.key) ?? 1);
  const limit = pLimit(shares.length);
  const compute = (share: readonly Partition[], index: number) =>
    warehouse.transaction(
      async (transaction) => {
        const snapshot = await readSnapshot(transaction, [action], () => coverage);
        const table = quoteKey(`${dataset}.${action.target.dataset}_${action.target.name}_${index}`);
        const query = composeBuild(action, action, setOf(share, coverage), { views, relations: snapshot.relations });
        await transaction.execute(`CREATE OR REPLACE TABLE ${table} AS ${query.text}`);
        return { table, inputs: hashesOf(action, share, snapshot, coverage) };
      },
      { run: run.runId, action: action.node.key },
    );
  try {
    const computed = await Promise.all(shares.map((share, index) => limit(() => compute(share, index))));
    return {
      tables: computed.map(({ table }) => table),
      inputs: new Map(computed.flatMap(({ inputs }) => [...inputs])),
    };
  } catch {
    return undefined;
  }
}

/** A query for the rows that workers have computed of some partitions; undefined: something that they read is another now. */
export function useShards(
  shards: Shards,
  action: RunnableAction,
  partitions: readonly Partition[],
  coverage: Coverage,
  snapshot: Snapshot,
): string | undefined {
  const now = hashesOf(action, partitions, snapshot, coverage);
  if (partitions.some((partition) => shards.inputs.get(partition) !== now.get(partition))) return undefined;
  const rows = shards.tables.map((table) => `SELECT * FROM ${table}`).join("\nUNION ALL\n");
  const test = partitionTest(quoteIdentifier(action.partitionColumn ?? ""), setOf(partitions, coverage));
  return `SELECT * FROM (\n${rows}\n) WHERE ${test}`;
}

function hashesOf(
  action: RunnableAction,
  partitions: readonly Partition[],
  { relations, inputs }: Snapshot,
  { outside }: Coverage,
): ReadonlyMap<Partition, InputHashText> {
  const hashes = inputHashes(action.node, partitions, inputsOf(action, relations, inputs), outside);
  return new Map([...hashes].map(([partition, { hash }]) => [partition, hash]));
}

/** Neighbouring partitions in shares of about the same size. */
function sharesOf(partitions: readonly Partition[], number: number): (readonly Partition[])[] {
  const count = Math.min(number, partitions.length);
  return Array.from({ length: count }, (_, index) =>
    partitions.slice(
      Math.floor((index * partitions.length) / count),
      Math.floor(((index + 1) * partitions.length) / count),
    ),
  );
}
