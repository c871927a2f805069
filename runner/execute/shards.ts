import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import { inputsOf } from "../observe/inputs.js";
import { readSnapshot, type Snapshot } from "../observe/snapshot.js";
import { type Coverage, setOf } from "../plan/coverage.js";
import { inputHashes } from "../plan/input-hash.js";
import type { InputHashText } from "../plan/types.js";
import { EngineError } from "../port/engine-error.js";
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
  readonly workers: ReadonlyMap<string, ActionWorkers>;
}

export interface ActionWorkers {
  readonly number: number;
  /** The column of its rows by which they are shared where there are fewer dates than workers; undefined: by dates alone. */
  readonly column: string | undefined;
}

/** What workers have computed of an action, with the inputs that each of them had by partition. */
export type Shards = readonly {
  readonly table: string;
  readonly inputs: ReadonlyMap<Partition, InputHashText>;
}[];

/** The part of an action that one worker computes: some partitions, and of them the rows that a condition names. */
interface Share {
  readonly partitions: readonly Partition[];
  readonly condition: string | undefined;
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
 * @returns undefined where one fails, or where there is nothing to share: whoever publishes computes himself then, and tells what
 * is wrong
 * @throws EngineError `query` when the rows do not have the column by which they would be shared
 */
export async function computeShards(
  warehouse: Warehouse,
  action: RunnableAction,
  partitions: readonly Partition[],
  coverage: Coverage,
  { dataset, workers }: ShardOptions,
  { views, run }: Pick<BuildContext, "views" | "run">,
): Promise<Shards | undefined> {
  const asked = workers.get(action.node.key);
  const shares = asked === undefined ? [] : sharesOf(partitions, asked);
  if (shares.length < 2) return undefined;
  const queryOf = (share: readonly Partition[], { relations }: Snapshot) =>
    composeBuild(action, action, setOf(share, coverage), { views, relations }).text;
  const compute = ({ partitions: share, condition }: Share, index: number) =>
    warehouse.transaction(
      async (transaction) => {
        const snapshot = await readSnapshot(transaction, [action], () => coverage);
        const table = quoteKey(`${dataset}.${action.target.dataset}_${action.target.name}_${index}`);
        const query = queryOf(share, snapshot);
        const rows = condition === undefined ? query : `SELECT * FROM (\n${query}\n) WHERE ${condition}`;
        await transaction.execute(`CREATE OR REPLACE TABLE ${table} AS ${rows}`);
        return { table, inputs: hashesOf(action, share, snapshot, coverage) };
      },
      { run: run.runId, action: action.node.key },
    );
  const computed = await Promise.allSettled(shares.map(compute));
  if (computed.every((share) => share.status === "fulfilled")) return computed.map(({ value }) => value);
  if (asked?.column !== undefined && shares.some(({ condition }) => condition !== undefined))
    await warehouse.transaction(async (transaction) => {
      const snapshot = await readSnapshot(transaction, [action], () => coverage);
      await requireColumn(transaction, action, queryOf(partitions, snapshot), asked.column ?? "");
    });
  return undefined;
}

/** @throws EngineError `query` when a query that is right has no such column */
async function requireColumn(
  transaction: Transaction,
  { node, target }: RunnableAction,
  query: string,
  column: string,
): Promise<void> {
  const shape = await transaction.query(`SELECT * FROM (\n${query}\n) WHERE FALSE`).catch(() => undefined);
  const names = shape?.columns.map(({ name }) => name);
  if (names === undefined || names.some((name) => name.toLowerCase() === column.toLowerCase())) return;
  throw new EngineError(
    "query",
    `fastbreak.json: workers.actions."${target.name}".key: the rows of ${node.key} have no column ${column}, by which workers would share them; they have ${names.join(", ")}`,
  );
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
  const isOfNow = (partition: Partition) => {
    const had = shards.flatMap(({ inputs }) => (inputs.has(partition) ? [inputs.get(partition)] : []));
    return had.length > 0 && had.every((hash) => hash !== undefined && hash === now.get(partition));
  };
  if (!partitions.every(isOfNow)) return undefined;
  const rows = shards.map(({ table }) => `SELECT * FROM ${table}`).join("\nUNION ALL\n");
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

/**
 * Neighbouring partitions in shares of about the same size; where there are too few of them, shares of the rows of all: disjoint, because
 * each row has one remainder, and complete, because unknown has one, too.
 */
function sharesOf(partitions: readonly Partition[], { number, column }: ActionWorkers): Share[] {
  if (column !== undefined && partitions.length < number) {
    const print = `FARM_FINGERPRINT(CAST(${quoteIdentifier(column)} AS STRING))`;
    const remainder = `ABS(MOD(IFNULL(${print}, 0), ${number}))`;
    return Array.from({ length: number }, (_, index) => ({ partitions, condition: `${remainder} = ${index}` }));
  }
  const count = Math.min(number, partitions.length);
  const from = (index: number) => Math.floor((index * partitions.length) / count);
  return Array.from({ length: count }, (_, index) => ({
    partitions: partitions.slice(from(index), from(index + 1)),
    condition: undefined,
  }));
}
