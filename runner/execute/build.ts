import { EMPTY_VERSION } from "../plan/decide.js";
import { inputHashes } from "../plan/input-hash.js";
import type { RecordedFingerprints } from "../plan/moves.js";
import type { PartitionDecision } from "../plan/types.js";
import { WHOLE } from "../plan/types.js";
import { type BuiltPartition, recordModelStates } from "../state/model-state.js";
import { recordFingerprints } from "../state/relation-state.js";
import {
  type PartitionDigests,
  type PublishCounts,
  type Relation,
  relationKey,
  type Transaction,
  WarehouseError,
} from "../warehouse/port.js";
import type { RunnableAction } from "./action.js";
import { onlyReports } from "./audits.js";
import type { Breakers } from "./breakers.js";
import { composeAssertion, composeAsWritten, composeBuild, composeShape } from "./compose.js";
import { type Locate, locating } from "./located.js";
import {
  inputsOf,
  makesTable,
  outputRequest,
  PASSED,
  readSnapshot,
  type Snapshot,
  versionsOf,
  viewVersion,
} from "./snapshot.js";

/** What stays the same for all actions of one run. */
export interface BuildContext {
  readonly stateDataset: string;
  readonly run: { readonly runId: string; readonly recordedAt: string };
  readonly views: ReadonlyMap<string, RunnableAction>;
  readonly recorded: RecordedFingerprints;
  readonly locate: Locate;
  readonly breakers: Breakers;
  /** Told what an assertion that only reports has found. */
  readonly warn: (message: string) => void;
}

/** An assertion found rows; the model that it guards is not published. */
export class GateError extends Error {
  override readonly name = "GateError";
  constructor(
    readonly assertion: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Builds the stale partitions of one action and records them, all in the caller's transaction: stage, publish what differs,
 * audit, state. Throwing rolls everything back.
 * @returns what was published; undefined for what publishes no rows
 */
export async function build(
  transaction: Transaction,
  action: RunnableAction,
  stale: readonly PartitionDecision[],
  snapshot: Snapshot,
  audits: readonly RunnableAction[],
  context: BuildContext,
): Promise<PublishCounts | undefined> {
  const counts = await buildOutput(transaction, action, stale, snapshot, context);
  if (audits.length > 0) await auditOutput(transaction, audits, context);
  await record(transaction, action, stale, snapshot, context);
  return counts;
}

/**
 * Makes the empty table of a model that has none, so that what can do without its rows can read it.
 * @param like the relation whose columns it gets; undefined: those of its own query, and it throws when that is wrong
 */
export async function buildShape(
  transaction: Transaction,
  action: RunnableAction,
  context: BuildContext,
  like: string | undefined,
): Promise<void> {
  const relations = await transaction.relations();
  if (relations.has(action.node.key)) return;
  const own = composeShape(action, { views: context.views, relations });
  const stage =
    like === undefined
      ? await locating(own, context.locate, (sql) => transaction.stage(sql))
      : await transaction.stage(`SELECT * FROM \`${like.split(".").join("`.`")}\` WHERE FALSE`);
  await transaction.publish({
    stage,
    target: action.target,
    partitions: undefined,
    partitionColumn: action.partitionColumn,
    clusterBy: action.clusterBy,
    key: action.uniqueKey,
    rowColumns: action.rowColumns,
  });
}

/** Runs the gates of a model on what is about to be committed, and records that they passed on it. */
async function auditOutput(
  transaction: Transaction,
  audits: readonly RunnableAction[],
  context: BuildContext,
): Promise<void> {
  for (const audit of audits) await runAudit(transaction, audit, context);
  const snapshot = await readSnapshot(transaction, audits, undefined);
  for (const audit of audits) {
    await record(
      transaction,
      audit,
      [{ partition: WHOLE, decision: "run", reason: "inputs_changed" }],
      snapshot,
      context,
    );
  }
}

async function buildOutput(
  transaction: Transaction,
  action: RunnableAction,
  stale: readonly PartitionDecision[],
  snapshot: Snapshot,
  context: BuildContext,
): Promise<PublishCounts | undefined> {
  switch (action.node.kind) {
    case "view":
      await locating(composeAsWritten(action), context.locate, (sql) => transaction.replaceView(action.target, sql));
      return undefined;
    case "assertion":
      await runAudit(transaction, action, context);
      return undefined;
    case "operation":
      for (const statement of action.operations) await transaction.execute(statement);
      return undefined;
    case "model":
      return buildModel(transaction, action, stale, snapshot, context);
  }
}

async function buildModel(
  transaction: Transaction,
  action: RunnableAction,
  stale: readonly PartitionDecision[],
  snapshot: Snapshot,
  context: BuildContext,
): Promise<PublishCounts> {
  const partitions = action.node.partitioned ? stale.map(({ partition }) => partition) : undefined;
  for (const statement of action.preOps) await transaction.execute(statement);
  const query = composeBuild(action, partitions, { views: context.views, relations: snapshot.relations });
  const stage = await locating(query, context.locate, (sql) => transaction.stage(sql));
  if (action.partitionColumn !== undefined && !stage.columns.some(({ name }) => name === action.partitionColumn)) {
    throw new WarehouseError(
      "query",
      `the query has no column ${action.partitionColumn}, by which the model is partitioned`,
    );
  }
  const counts = await transaction.publish({
    stage,
    target: action.target,
    partitions,
    partitionColumn: action.partitionColumn,
    clusterBy: action.clusterBy,
    key: action.uniqueKey,
    rowColumns: action.rowColumns,
  });
  for (const statement of action.postOps) await transaction.execute(statement);
  return counts;
}

/** Fails when the assertion's query returns a row; warns when the assertion only reports. */
async function runAudit(transaction: Transaction, assertion: RunnableAction, context: BuildContext): Promise<void> {
  const query = composeAssertion(assertion, { views: context.views, relations: await transaction.relations() });
  const result = await locating(query, context.locate, (sql) => transaction.query(sql));
  const row = result.rows[0];
  if (row === undefined) return;
  const shown = result.columns.slice(0, 8).map(({ name }, index) => `${name}=${String(row[index] ?? "NULL")}`);
  if (onlyReports(assertion)) {
    context.warn(`${assertion.node.key} finds, for example, ${shown.slice(0, 4).join(", ")}`);
    return;
  }
  throw new GateError(assertion.node.key, `assertion ${assertion.node.key} failed, for example on ${shown.join(", ")}`);
}

async function record(
  transaction: Transaction,
  action: RunnableAction,
  stale: readonly PartitionDecision[],
  snapshot: Snapshot,
  context: BuildContext,
): Promise<void> {
  const partitions = stale.map(({ partition }) => partition);
  const output = await outputOf(transaction, action, partitions);
  const hashes = inputHashes(action.node, partitions, inputsOf(action, snapshot));
  const built = partitions.map(
    (partition): BuiltPartition => ({
      model: action.node.key,
      partition,
      codeHash: action.node.codeHash,
      compiledHash: action.node.compiledHash,
      inputHash: hashes.get(partition)?.hash ?? EMPTY_VERSION,
      inputs: hashes.get(partition)?.byUpstream ?? {},
      fingerprint: output.data.get(partition)?.digest ?? EMPTY_VERSION,
      outputVersion: output.versions.get(partition) ?? EMPTY_VERSION,
      rows: output.data.get(partition)?.rows ?? 0,
    }),
  );
  await recordModelStates(transaction, context.stateDataset, context.run, built);
  await recordFingerprints(transaction, context.stateDataset, context.run, snapshot.inputs, context.recorded);
}

interface Output {
  readonly data: PartitionDigests;
  readonly versions: ReadonlyMap<string, string>;
}

/** Reads back what is there now, in the transaction that wrote it. */
async function outputOf(
  transaction: Transaction,
  action: RunnableAction,
  partitions: readonly string[],
): Promise<Output> {
  const relations = await transaction.relations();
  const relation = relations.get(relationKey(action.target));
  if (action.node.kind === "view") return { data: new Map(), versions: new Map([[WHOLE, viewVersion(relation)]]) };
  if (!makesTable(action)) return { data: new Map(), versions: new Map([[WHOLE, PASSED]]) };
  const range = action.node.partitioned
    ? { from: partitions[0] as string, to: partitions.at(-1) as string }
    : undefined;
  const content = outputRequest(action, relations, range);
  if (content === undefined) return { data: new Map(), versions: new Map() };
  const [data, versions] = await transaction.digests([
    { relation: relation as Relation, purpose: "data", exclude: [], range, grain: content.grain },
    content,
  ]);
  return { data: data ?? new Map(), versions: versionsOf(versions ?? new Map()) };
}
