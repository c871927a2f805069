import { quoteKey } from "../googlesql/quote.js";
import type { Observation, Transaction } from "../port/port.js";
import { columnNames, isoTimeOf, type TableCodec, textOf } from "./codec.js";

/** Why a partition of a model could not be built, in the words that operators count by. */
export type FailureCategory =
  | "MISSING_DEPENDENCY"
  | "MINIMUM_THRESHOLD_NOT_MET"
  | "CIRCUIT_BREAKER_ACTIVE"
  | "PROCESSING_ERROR"
  | "UNKNOWN";

/** One partition of a model that could not be built. */
export interface ModelFailure {
  readonly model: string;
  readonly partition: string;
  readonly category: FailureCategory;
  readonly reason: string;
  /** The same attempt may succeed later without anybody mending anything here. */
  readonly canRetry: boolean;
  readonly runId: string;
  readonly failedAt: string;
}

const LONGEST_REASON = 1000;
const CATEGORIES: ReadonlySet<string> = new Set<FailureCategory>([
  "MISSING_DEPENDENCY",
  "MINIMUM_THRESHOLD_NOT_MET",
  "CIRCUIT_BREAKER_ACTIVE",
  "PROCESSING_ERROR",
]);

/** Partitions that stand failed: a later success takes the row away. */
export const MODEL_FAILURES: TableCodec<ModelFailure> = {
  name: "model_failures",
  columns: [
    { name: "model", type: "STRING" },
    { name: "partition", type: "STRING" },
    { name: "partition_date", type: "DATE" },
    { name: "category", type: "STRING" },
    { name: "reason", type: "STRING" },
    { name: "can_retry", type: "BOOL" },
    { name: "run_id", type: "STRING" },
    { name: "failed_at", type: "TIMESTAMP" },
  ],
  toRow: (failure) => ({
    model: failure.model,
    partition: failure.partition,
    partition_date: /^\d{4}-\d\d-\d\d$/.test(failure.partition) ? failure.partition : null,
    category: failure.category,
    reason: failure.reason.slice(0, LONGEST_REASON),
    can_retry: failure.canRetry,
    run_id: failure.runId,
    failed_at: failure.failedAt,
  }),
  fromRow: (row) => ({
    model: textOf(row.model),
    partition: textOf(row.partition),
    category: CATEGORIES.has(textOf(row.category)) ? (row.category as FailureCategory) : "UNKNOWN",
    reason: textOf(row.reason),
    canRetry: row.can_retry === true,
    runId: textOf(row.run_id),
    failedAt: isoTimeOf(row.failed_at) ?? "",
  }),
};

/** Every partition that stands failed; none where nothing ever failed. */
export async function readFailures(observation: Observation, dataset: string): Promise<readonly ModelFailure[]> {
  const rows = await observation.latestRows({
    table: { dataset, name: MODEL_FAILURES.name },
    columns: columnNames(MODEL_FAILURES),
    key: ["model", "partition"],
    newestBy: ["failed_at"],
  });
  return rows.flatMap((row) => MODEL_FAILURES.fromRow(row) ?? []);
}

/** Puts failures in the place of what stood of these partitions of a model; without failures they stand no more. */
export async function replaceFailures(
  transaction: Transaction,
  dataset: string,
  model: string,
  partitions: readonly string[],
  failures: readonly ModelFailure[],
): Promise<void> {
  if (partitions.length > 0) {
    const gone = partitions.map((partition) => JSON.stringify(partition)).join(", ");
    await transaction.execute(
      `DELETE FROM ${quoteKey(`${dataset}.${MODEL_FAILURES.name}`)} WHERE model = ${JSON.stringify(model)} AND \`partition\` IN (${gone})`,
    );
  }
  if (failures.length > 0)
    await transaction.append(
      { dataset, name: MODEL_FAILURES.name },
      MODEL_FAILURES.columns,
      failures.map(MODEL_FAILURES.toRow),
    );
}
