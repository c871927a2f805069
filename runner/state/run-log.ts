import type { RowObject, Transaction } from "../port/port.js";
import type { ActionOutcome, RunOutcome } from "./run-outcome.js";
import { MODEL_RUNS, RUNS } from "./tables.js";

/** Appends one run with its actions to `runs` and `model_runs`. */
export async function recordRun(transaction: Transaction, dataset: string, run: RunOutcome): Promise<void> {
  await transaction.append({ dataset, name: "runs" }, RUNS, [
    {
      run_id: run.runId,
      command: run.command,
      started_at: run.startedAt,
      finished_at: run.finishedAt,
      status: run.status,
      window_from: run.window?.from ?? null,
      window_to: run.window?.to ?? null,
      compiled: run.compiled,
      totals: JSON.stringify(run.totals),
    },
  ]);
  await transaction.append(
    { dataset, name: "model_runs" },
    MODEL_RUNS,
    run.actions.map((action) => actionRow(run, action)),
  );
}

function actionRow(run: RunOutcome, action: ActionOutcome): RowObject {
  return {
    run_id: run.runId,
    model: action.key,
    type: action.type,
    status: action.status,
    partitions: action.partitions,
    rows_inserted: action.counts?.inserted ?? null,
    rows_updated: action.counts?.updated ?? null,
    rows_refreshed: action.counts?.refreshed ?? null,
    rows_deleted: action.counts?.deleted ?? null,
    rows_unchanged: action.counts?.unchanged ?? null,
    duration_ms: Math.round(action.durationMs),
    error: action.error ?? null,
    finished_at: run.finishedAt,
  };
}
