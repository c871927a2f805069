import { EMPTY, outputVersion } from "../plan/decide.js";
import { inputHashes } from "../plan/input-hash.js";
import type { LiveOutput, PartitionDecision } from "../plan/types.js";
import { WHOLE } from "../plan/types.js";
import { type BuiltPartition, recordModelStates } from "../state/model-state.js";
import type { FingerprintLog } from "../state/relation-state.js";
import {
  allColumns,
  hashedIdentity,
  type PartitionDigests,
  type PublishCounts,
  type Relation,
  type ScriptTexts,
  type Stage,
  type Transaction,
  WarehouseError,
} from "../warehouse/port.js";
import type { RunnableAction } from "./action.js";
import { onlyReports } from "./audits.js";
import type { Breakers } from "./breakers.js";
import { composeAssertion, composeAsWritten, composeBuild, composeShape } from "./compose.js";
import { inputsOf, observedInputs } from "./inputs.js";
import { type Locate, locating, runStatements } from "./located.js";
import { liveOutput, outputRequest, readSnapshot, type Snapshot } from "./snapshot.js";

/** What stays the same for all actions of one run. */
export interface BuildContext {
  readonly stateDataset: string;
  readonly run: { readonly runId: string; readonly recordedAt: string };
  readonly views: ReadonlyMap<string, RunnableAction>;
  readonly fingerprints: FingerprintLog;
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
  const stage =
    like === undefined
      ? await stageShape(transaction, action, relations, context)
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

async function stageShape(
  transaction: Transaction,
  action: RunnableAction,
  relations: ReadonlyMap<string, Relation>,
  context: BuildContext,
): Promise<Stage> {
  const query = composeShape(action, { views: context.views, relations });
  return transaction.script(
    async (script) => {
      await runStatements(script, action, "pre_operations", action.preOps, context.locate);
      return locating(query, context.locate, (sql) => script.stage(sql));
    },
    { readOnly: true },
  );
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
      await transaction.script(async (script) => {
        await runStatements(script, action, "pre_operations", action.preOps, context.locate);
        const query = composeAsWritten(action);
        await locating(query, context.locate, (sql) => script.replaceView(action.target, sql));
        await runStatements(script, action, "post_operations", action.postOps, context.locate);
      });
      return undefined;
    case "assertion":
      await runAudit(transaction, action, context);
      return undefined;
    case "operation":
      for (const statement of action.operations)
        await transaction.script((script) => runStatements(script, action, "sql", [statement], context.locate));
      return undefined;
    case "model":
      return transaction.script((script) => buildModel(transaction, script, action, stale, snapshot, context));
  }
}

/** What stands around a model's query is one script with it: its variables and temporary functions are there in the query. */
async function buildModel(
  transaction: Transaction,
  script: ScriptTexts,
  action: RunnableAction,
  stale: readonly PartitionDecision[],
  snapshot: Snapshot,
  context: BuildContext,
): Promise<PublishCounts> {
  const partitions = action.node.partitioned ? stale.map(({ partition }) => partition) : undefined;
  const before = snapshot.relations.has(action.node.key) ? action.selfReading?.preOps : undefined;
  await runStatements(script, action, "pre_operations", before ?? action.preOps, context.locate);
  const query = composeBuild(action, partitions, { views: context.views, relations: snapshot.relations });
  const stage = await locating(query, context.locate, (sql) => script.stage(sql));
  const partitioned = action.partitionColumn?.toLowerCase();
  if (partitioned !== undefined && !stage.columns.some(({ name }) => name.toLowerCase() === partitioned)) {
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
  await runStatements(script, action, "post_operations", action.postOps, context.locate);
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
  const { relations, inputs } = snapshot;
  const hashes = inputHashes(action.node, partitions, inputsOf(action, relations, inputs));
  const built = partitions.map(
    (partition): BuiltPartition => ({
      model: action.node.key,
      partition,
      codeHash: action.node.codeHash,
      compiledHash: action.node.compiledHash,
      inputHash: hashes.get(partition)?.hash ?? EMPTY,
      inputs: hashes.get(partition)?.byUpstream ?? {},
      fingerprint: output.data.get(partition)?.digest ?? EMPTY,
      outputVersion: outputVersion(output.live, partition),
      rows: output.data.get(partition)?.rows ?? 0,
    }),
  );
  await recordModelStates(transaction, context.stateDataset, context.run, built);
  const observed = observedInputs(action, relations, inputs);
  await context.fingerprints.append(transaction, observed);
}

interface Output {
  readonly data: PartitionDigests;
  readonly live: LiveOutput;
}

/** Reads back what is there now, in the transaction that wrote it. */
async function outputOf(
  transaction: Transaction,
  action: RunnableAction,
  partitions: readonly string[],
): Promise<Output> {
  const relations = await transaction.relations();
  const range = action.node.partitioned
    ? { from: partitions[0] as string, to: partitions.at(-1) as string }
    : undefined;
  const content = outputRequest(action, relations, range);
  if (content === undefined) return { data: new Map(), live: liveOutput(action, relations, undefined) };
  const identity = hashedIdentity(content.relation) ?? allColumns(content.relation);
  const [data = new Map(), rows] = await transaction.digests([{ ...content, columns: identity }, content]);
  return { data, live: liveOutput(action, relations, rows) };
}
