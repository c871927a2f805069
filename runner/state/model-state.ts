import type { CodeHash, CompiledHash } from "../graph/node.js";
import type { InputHashText, OutputVersion, PartitionState, Window } from "../plan/types.js";
import { type Fingerprint, type Partition, WHOLE } from "../port/identity.js";
import type { RowObject, SqlValue, Transaction } from "../port/port.js";
import { MODEL_STATE, STATE_FORMAT } from "./tables.js";

/** States by model, then partition. */
export type ModelStates = ReadonlyMap<string, ReadonlyMap<Partition, PartitionState>>;

/** One partition that was built, to be recorded in the transaction that publishes it. */
export interface BuiltPartition extends Omit<PartitionState, "recordedAt" | "runId"> {
  readonly model: string;
  readonly partition: Partition;
}

/**
 * The newest state row of every model and partition of the window, in one query. Rows of another format version are left
 * out: what they mean is unknown, and unknown means run.
 */
export async function readModelStates(transaction: Transaction, dataset: string, window: Window): Promise<ModelStates> {
  const rows = await transaction.latestRows({
    table: { dataset, name: "model_state" },
    columns: MODEL_STATE.map((column) => column.name),
    key: ["model", "partition"],
    newestBy: ["recorded_at", "run_id"],
    ...(window === undefined ? {} : { where: { column: "partition", values: [WHOLE], range: window } }),
  });
  const states = new Map<string, Map<Partition, PartitionState>>();
  for (const row of rows) {
    const parsed = parseRow(row);
    if (parsed === undefined) continue;
    const model = text(row.model);
    const partitions = states.get(model) ?? new Map<Partition, PartitionState>();
    partitions.set(text(row.partition) as Partition, parsed);
    states.set(model, partitions);
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
  const rows = built.map((partition) => ({
    model: partition.model,
    partition: partition.partition,
    code_hash: partition.codeHash,
    compiled_hash: partition.compiledHash,
    input_hash: partition.inputHash,
    inputs: JSON.stringify(partition.inputs),
    fingerprint: partition.fingerprint,
    output_version: partition.outputVersion,
    row_count: partition.rows,
    run_id: run.runId,
    recorded_at: run.recordedAt,
    format_version: STATE_FORMAT,
  }));
  await transaction.append({ dataset, name: "model_state" }, MODEL_STATE, rows);
}

function parseRow(row: RowObject): PartitionState | undefined {
  if (Number(row.format_version) !== STATE_FORMAT) return undefined;
  const inputs = parseInputs(row.inputs);
  if (inputs === undefined) return undefined;
  return {
    codeHash: text(row.code_hash) as CodeHash,
    compiledHash: text(row.compiled_hash) as CompiledHash,
    inputHash: text(row.input_hash) as InputHashText,
    inputs,
    fingerprint: text(row.fingerprint) as Fingerprint,
    outputVersion: text(row.output_version) as OutputVersion,
    rows: Number(row.row_count),
    runId: text(row.run_id),
    recordedAt: text(row.recorded_at),
  };
}

function parseInputs(value: SqlValue | undefined): Readonly<Record<string, string>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text(value));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, string>) : undefined;
  } catch {
    return undefined;
  }
}

function text(value: SqlValue | undefined): string {
  return typeof value === "string" ? value : "";
}
