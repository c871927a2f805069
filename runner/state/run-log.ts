import type { ActionResult } from "../events/events.js";
import { endOf, type RunRecord, skipReasonOf, totalsOf, verdictOf } from "../events/run-record.js";
import { decisionsJson } from "../plan/partitions.js";
import type { Observation, RowObject, Transaction } from "../port/port.js";
import type { Column } from "../port/sql-types.js";
import { columnNames, isoTimeOf, jsonOf, textOf } from "./codec.js";
import { THIS_PROCESS } from "./this-process.js";

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
    { name: "process", type: "STRING" },
  ],
  toRow: (run) => ({
    run_id: run.runId,
    command: run.command,
    started_at: run.startedAt,
    finished_at: run.finishedAt ?? null,
    status: statusOf(run),
    window_from: run.window?.from ?? null,
    window_to: run.window?.to ?? null,
    compiled: run.compiled,
    totals: run.finishedAt === undefined ? null : JSON.stringify(totalsOf(run)),
    process: run.process,
  }),
};

function statusOf({ finishedAt, interrupted, actions }: RunRecord): string {
  if (finishedAt === undefined) return "running";
  if (interrupted !== undefined) return "interrupted";
  return verdictOf(actions) === "done" ? "success" : "failed";
}

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
    { name: "started_at", type: "TIMESTAMP" },
    { name: "finished_at", type: "TIMESTAMP" },
    { name: "skip_reason", type: "STRING" },
    { name: "config_hash", type: "STRING" },
    { name: "write_ms", type: "INT64" },
    { name: "jobs", type: "INT64" },
    { name: "bytes_processed", type: "INT64" },
    { name: "bytes_billed", type: "INT64" },
    { name: "slot_ms", type: "INT64" },
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
    started_at: action.startedAt ?? null,
    finished_at: endOf(action) ?? run.finishedAt ?? null,
    skip_reason: skipReasonOf(action) ?? null,
    config_hash: action.configHash,
    write_ms: action.writeMs === undefined ? null : Math.round(action.writeMs),
    jobs: action.spent?.jobs ?? null,
    bytes_processed: action.spent?.bytesProcessed ?? null,
    bytes_billed: action.spent?.bytesBilled ?? null,
    slot_ms: action.spent?.slotMs ?? null,
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

/** Milliseconds that the newest build of each action took, by its key; what has never been built is absent. */
export async function readLastDurations(
  observation: Observation,
  dataset: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await observation.latestRows({
    table: { dataset, name: MODEL_RUNS.name },
    columns: ["model", "duration_ms"],
    key: ["model"],
    newestBy: ["finished_at", "run_id"],
    where: { column: "status", values: ["success", "unchanged"], range: undefined },
  });
  return new Map(rows.map(({ model, duration_ms }) => [String(model), Number(duration_ms ?? 0)]));
}

/** Writes a run down before it does anything, so that one that dies is known. */
export async function beginRun(transaction: Transaction, dataset: string, run: RunRecord): Promise<void> {
  await closeInterrupted(transaction, dataset, new Date(run.startedAt));
  await transaction.append({ dataset, name: RUNS.name }, RUNS.columns, [RUNS.toRow(run)]);
}

/** Puts a run's end in the place of its beginning, with its actions. */
export async function recordRun(transaction: Transaction, dataset: string, run: RunRecord): Promise<void> {
  await transaction.execute(`DELETE FROM \`${dataset}\`.${RUNS.name} WHERE run_id = ${JSON.stringify(run.runId)}`);
  for (const { name, columns, rowsOf } of RUN_TABLES) await transaction.append({ dataset, name }, columns, rowsOf(run));
}

/**
 * Ends the runs and loads of processes that died before they could: whoever writes to the warehouse holds it alone, so that what another
 * process says it runs does not run any more.
 */
export async function closeInterrupted(transaction: Transaction, dataset: string, now: Date): Promise<void> {
  const at = `TIMESTAMP '${now.toISOString()}'`;
  const ended = `status = 'interrupted', finished_at = GREATEST(started_at, ${at})`;
  await transaction.execute(
    `UPDATE \`${dataset}\`.${RUNS.name} SET ${ended}
       WHERE status = 'running' AND IFNULL(process, '') != ${JSON.stringify(THIS_PROCESS)};
     UPDATE \`${dataset}\`.load_runs SET ${ended}
       WHERE status = 'running' AND IFNULL(process, '') != ${JSON.stringify(THIS_PROCESS)};`,
  );
}

/** A run as its row tells it. */
export interface PastRun {
  readonly runId: string;
  readonly command: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  /** `running`, `success`, `failed` or `interrupted` */
  readonly status: string;
  readonly window: { readonly from: string; readonly to: string } | undefined;
  /** Numbers by name, as `run --json` tells them; none of a run that did not end. */
  readonly totals: Readonly<Record<string, number>>;
}

/** Every run that ever had work to do, newest first. */
export async function readRuns(observation: Observation, dataset: string): Promise<readonly PastRun[]> {
  const rows = await observation.latestRows({
    table: { dataset, name: RUNS.name },
    columns: columnNames({ columns: RUNS.columns.filter(({ name }) => name !== "process") }),
    key: ["run_id"],
    newestBy: ["started_at"],
  });
  return rows.map(pastRun).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

function pastRun(row: RowObject): PastRun {
  const [from, to] = [textOf(row.window_from), textOf(row.window_to)];
  const totals = jsonOf(row.totals);
  return {
    runId: textOf(row.run_id),
    command: textOf(row.command),
    startedAt: isoTimeOf(row.started_at) ?? "",
    finishedAt: isoTimeOf(row.finished_at),
    status: textOf(row.status),
    window: from === "" ? undefined : { from, to },
    totals: typeof totals === "object" && totals !== null ? (totals as Record<string, number>) : {},
  };
}

/** How an action ended in one run. */
export interface PastResult {
  readonly runId: string;
  readonly model: string;
  readonly status: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly rowsWritten: number;
  readonly error: string | undefined;
  /** It did not run because something before it did not. */
  readonly isConsequence: boolean;
}

/**
 * How actions ended when they were last tried, skips aside, newest first.
 * @param of every try of these models, by `dataset.name`; undefined: the last one of each
 */
export async function readResults(
  observation: Observation,
  dataset: string,
  of?: readonly string[],
): Promise<readonly PastResult[]> {
  const rows = await observation.latestRows({
    table: { dataset, name: MODEL_RUNS.name },
    columns: ["run_id", "model", "status", "finished_at", "duration_ms", "error", "partitions", ...WRITTEN],
    key: of === undefined ? ["model"] : ["model", "run_id"],
    newestBy: ["finished_at", "run_id"],
    where:
      of === undefined
        ? { column: "status", values: ["success", "unchanged", "failed", "blocked"], range: undefined }
        : { column: "model", values: of, range: undefined },
  });
  return rows
    .map((row) => ({
      runId: textOf(row.run_id),
      model: textOf(row.model),
      status: textOf(row.status),
      finishedAt: isoTimeOf(row.finished_at) ?? "",
      durationMs: Number(row.duration_ms ?? 0),
      rowsWritten: WRITTEN.reduce((sum, name) => sum + Number(row[name] ?? 0), 0),
      error: typeof row.error === "string" ? row.error : undefined,
      isConsequence: isConsequence(row),
    }))
    .sort((a, b) => (a.finishedAt < b.finishedAt ? 1 : -1));
}

function isConsequence({ status, partitions }: RowObject): boolean {
  const groups = jsonOf(partitions);
  return (
    status === "blocked" &&
    Array.isArray(groups) &&
    groups.every((group: unknown) => (group as { reason?: unknown })?.reason === "upstream_failed")
  );
}

const WRITTEN = ["rows_inserted", "rows_updated", "rows_refreshed", "rows_deleted"] as const;
