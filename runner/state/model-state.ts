import { quoteKey } from "../googlesql/quote.js";
import type { CodeHash, CompiledHash } from "../graph/node.js";
import { UNKNOWN_INPUTS } from "../plan/input-hash.js";
import type { InputHashText, OutputVersion, PartitionState } from "../plan/types.js";
import type { Fingerprint, Partition } from "../port/identity.js";
import { EFFECTS, REST, WHOLE } from "../port/identity.js";
import type { DateRange, Log, Observation, RowObject, Transaction } from "../port/port.js";
import { columnNames, jsonOf, type TableCodec, textOf, textsOf } from "./codec.js";

/** Version of the meaning of hashes and rows; a row of another version counts as unknown. */
const STATE_FORMAT = 2;

/** States by model, then partition. */
export type ModelStates = ReadonlyMap<string, ReadonlyMap<Partition, PartitionState>>;

/** One partition that was built, to be recorded in the transaction that publishes it. */
export interface BuiltPartition extends Omit<PartitionState, "recordedAt" | "runId"> {
  readonly model: string;
  readonly partition: Partition;
}

interface StateRow extends PartitionState {
  readonly model: string;
  readonly partition: Partition;
}

/** A log: the newest row of a model and partition says what stands. */
const MODEL_STATE: TableCodec<StateRow> = {
  name: "model_state",
  columns: [
    { name: "model", type: "STRING" },
    { name: "partition", type: "STRING" },
    { name: "code_hash", type: "STRING" },
    { name: "compiled_hash", type: "STRING" },
    { name: "input_hash", type: "STRING" },
    { name: "inputs", type: "STRING" },
    { name: "fingerprint", type: "STRING" },
    { name: "output_version", type: "STRING" },
    { name: "row_count", type: "INT64" },
    { name: "run_id", type: "STRING" },
    { name: "recorded_at", type: "TIMESTAMP" },
    { name: "format_version", type: "INT64" },
    { name: "engine_version", type: "STRING" },
    { name: "resting_on", type: "STRING" },
    { name: "verdict", type: "STRING" },
  ],
  toRow: (state): RowObject => ({
    model: state.model,
    partition: state.partition,
    code_hash: state.codeHash,
    compiled_hash: state.compiledHash,
    input_hash: state.inputHash,
    inputs: JSON.stringify(state.inputs),
    fingerprint: state.fingerprint,
    output_version: state.outputVersion,
    row_count: state.rows,
    run_id: state.runId,
    recorded_at: state.recordedAt,
    format_version: STATE_FORMAT,
    engine_version: state.engineVersion,
    resting_on: state.restingOn.length === 0 ? null : JSON.stringify(state.restingOn),
    verdict: state.verdict ?? null,
  }),
  fromRow(row) {
    if (Number(row.format_version) !== STATE_FORMAT) return undefined;
    // A table that an earlier version has made and none since has brought up to date.
    if (MODEL_STATE.columns.some(({ name }) => row[name] === undefined)) return undefined;
    const inputs = jsonOf(row.inputs);
    const isReadable = typeof inputs === "object" && inputs !== null;
    return {
      model: textOf(row.model),
      partition: textOf(row.partition) as Partition,
      codeHash: textOf(row.code_hash) as CodeHash,
      compiledHash: textOf(row.compiled_hash) as CompiledHash,
      // What nobody can read is equal to nothing.
      inputHash: isReadable ? (textOf(row.input_hash) as InputHashText) : UNKNOWN_INPUTS,
      inputs: isReadable ? (inputs as Record<string, string>) : {},
      fingerprint: textOf(row.fingerprint) as Fingerprint,
      outputVersion: textOf(row.output_version) as OutputVersion,
      rows: Number(row.row_count),
      engineVersion: textOf(row.engine_version),
      restingOn: textsOf(row.resting_on),
      verdict: typeof row.verdict === "string" ? row.verdict : undefined,
      runId: textOf(row.run_id),
      recordedAt: textOf(row.recorded_at),
    };
  },
};

/** The log of what was built. */
export function modelLog(dataset: string): Log {
  return {
    table: { dataset, name: MODEL_STATE.name },
    key: ["model", "partition"],
    newestBy: ["recorded_at", "run_id"],
  };
}

/**
 * The newest state row of every model and partition, in one query. Rows of another format version are left out: what they mean is
 * unknown, and unknown means run.
 * @param range only these dates, and what has no date; undefined: every partition
 */
export async function readModelStates(
  transaction: Observation,
  dataset: string,
  range: DateRange | undefined,
): Promise<ModelStates> {
  const rows = await transaction.latestRows({
    ...modelLog(dataset),
    columns: columnNames(MODEL_STATE),
    ...(range === undefined ? {} : { where: { column: "partition", values: [WHOLE, REST, EFFECTS], range } }),
  });
  const states = new Map<string, Map<Partition, PartitionState>>();
  for (const row of rows) {
    const parsed = MODEL_STATE.fromRow(row);
    if (parsed === undefined) continue;
    let partitions = states.get(parsed.model);
    if (partitions === undefined) {
      partitions = new Map();
      states.set(parsed.model, partitions);
    }
    partitions.set(parsed.partition, parsed);
  }
  return states;
}

/** Appends what was built; belongs into the transaction that publishes the rows. */
export async function recordModelStates(
  transaction: Transaction,
  dataset: string,
  run: { readonly runId: string; readonly recordedAt: string },
  built: readonly BuiltPartition[],
): Promise<void> {
  const rows = built.map((partition) => MODEL_STATE.toRow({ ...partition, ...run }));
  await transaction.append({ dataset, name: MODEL_STATE.name }, MODEL_STATE.columns, rows);
}

/**
 * Refuses to publish some partitions of a model once another run has recorded a build of them beyond those that were seen. Who decides by
 * what was seen records later times than all that stand: the time is a token that only grows.
 */
export function onlyUnlessRecorded(
  transaction: Transaction,
  dataset: string,
  runId: string,
  model: string,
  partitions: readonly Partition[],
  seen: ModelStates,
): void {
  if (transaction.onlyWhile === undefined) return;
  const byTime = new Map<string | undefined, Partition[]>();
  for (const partition of partitions) {
    const time = seen.get(model)?.get(partition)?.recordedAt;
    const members = byTime.get(time);
    if (members === undefined) byTime.set(time, [partition]);
    else members.push(partition);
  }
  const newer = [...byTime].map(([time, members]) => {
    const among = `\`partition\` IN (${members.map((partition) => JSON.stringify(partition)).join(", ")})`;
    return time === undefined ? among : `(${among} AND recorded_at > TIMESTAMP ${JSON.stringify(time)})`;
  });
  const condition =
    `NOT EXISTS (SELECT 1 FROM ${quoteKey(`${dataset}.${MODEL_STATE.name}`)} WHERE model = ${JSON.stringify(model)}` +
    ` AND run_id != ${JSON.stringify(runId)} AND format_version = ${STATE_FORMAT} AND (${newer.join(" OR ")}))`;
  const times = [...(seen.get(model)?.values() ?? [])].map(({ recordedAt }) => recordedAt);
  const newest = times.sort().at(-1) ?? "";
  transaction.onlyWhile(condition, {
    log: { dataset, name: MODEL_STATE.name },
    name: `${dataset} ${model} ${newest}`,
  });
}

/** Later than every state that was seen, even when the machine's clock went back: the newest row must be the last written. */
export function recordingTime(seen: ModelStates, now: Date): string {
  let newest = 0;
  for (const partitions of seen.values())
    for (const { recordedAt } of partitions.values()) newest = Math.max(newest, Date.parse(recordedAt) || 0);
  return new Date(Math.max(now.getTime(), newest + 1)).toISOString();
}

/** The newest date of which anything was built, at most `today`; undefined: nothing that has a date. */
export async function newestBuiltDate(
  transaction: Transaction,
  dataset: string,
  today: string,
): Promise<string | undefined> {
  const date = "SAFE_CAST(`partition` AS DATE)";
  const { rows } = await transaction.query(
    `SELECT CAST(MAX(${date}) AS STRING) FROM ${quoteKey(`${dataset}.${MODEL_STATE.name}`)} WHERE ${date} <= DATE '${today}'`,
  );
  return typeof rows[0]?.[0] === "string" ? rows[0][0] : undefined;
}
