import type { ActionResult } from "../events/events.js";
import { type RunRecord, totalsOf, verdictOf } from "../events/run-record.js";
import { decisionsJson } from "../plan/partitions.js";
import type { Transaction } from "../port/port.js";
import type { Column } from "../port/sql-types.js";

/** A table that the runner only writes: others read it with SQL. */
interface LogTable<Value> {
  readonly name: string;
  readonly columns: readonly Column[];
  toRow(value: Value): Readonly<Record<string, string | number | boolean | null>>;
}

const RUNS: LogTable<RunRecord> = {
  name: "runs",
  columns: [
    { name: "run_id", type: "STRING" },
    { name: "command", type: "STRING" },
    { name: "started_at", type: "TIMESTAMP" },
    { name: "finished_at", type: "TIMESTAMP" },
    { name: "status", type: "STRING" },
    { name: "window_from", type: "DATE" },
    { name: "window_to", type: "DATE" },
    { name: "compiled", type: "BOOL" },
    { name: "totals", type: "STRING" },
  ],
  toRow: (run) => ({
    run_id: run.runId,
    command: run.command,
    started_at: run.startedAt,
    finished_at: run.finishedAt ?? null,
    status: verdictOf(run.actions) === "done" ? "success" : "failed",
    window_from: run.window?.from ?? null,
    window_to: run.window?.to ?? null,
    compiled: run.compiled,
    totals: JSON.stringify(totalsOf(run)),
  }),
};

const MODEL_RUNS: LogTable<{ readonly run: RunRecord; readonly action: ActionResult }> = {
  name: "model_runs",
  columns: [
    { name: "run_id", type: "STRING" },
    { name: "model", type: "STRING" },
    { name: "type", type: "STRING" },
    { name: "status", type: "STRING" },
    { name: "partitions", type: "STRING" },
    { name: "rows_inserted", type: "INT64" },
    { name: "rows_updated", type: "INT64" },
    { name: "rows_refreshed", type: "INT64" },
    { name: "rows_deleted", type: "INT64" },
    { name: "rows_unchanged", type: "INT64" },
    { name: "duration_ms", type: "INT64" },
    { name: "error", type: "STRING" },
    { name: "finished_at", type: "TIMESTAMP" },
  ],
  toRow: ({ run, action }) => ({
    run_id: run.runId,
    model: action.key,
    type: action.type,
    status: action.status,
    partitions: JSON.stringify(decisionsJson(action.partitions)),
    rows_inserted: action.counts?.inserted ?? null,
    rows_updated: action.counts?.updated ?? null,
    rows_refreshed: action.counts?.refreshed ?? null,
    rows_deleted: action.counts?.deleted ?? null,
    rows_unchanged: action.counts?.unchanged ?? null,
    duration_ms: Math.round(action.durationMs),
    error: action.error ?? null,
    finished_at: action.finishedAt ?? run.finishedAt ?? null,
  }),
};

/** The run tables with the rows that one run leaves in each. */
export const RUN_TABLES = [
  { name: RUNS.name, columns: RUNS.columns, rowsOf: (run: RunRecord) => [RUNS.toRow(run)] },
  {
    name: MODEL_RUNS.name,
    columns: MODEL_RUNS.columns,
    rowsOf: (run: RunRecord) => run.actions.map((action) => MODEL_RUNS.toRow({ run, action })),
  },
] as const;

/** Appends one run with its actions to `runs` and `model_runs`. */
export async function recordRun(transaction: Transaction, dataset: string, run: RunRecord): Promise<void> {
  for (const { name, columns, rowsOf } of RUN_TABLES) await transaction.append({ dataset, name }, columns, rowsOf(run));
}
