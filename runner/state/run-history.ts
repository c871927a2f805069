import type { QueryResult, SqlValue, Transaction } from "../port/port.js";
import { isoTimeOf, jsonOf, textOf } from "./codec.js";

/** One run as the log keeps it. */
export interface LoggedRun {
  readonly runId: string;
  readonly command: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly status: string;
  readonly window: { readonly from: string; readonly to: string } | undefined;
  readonly totals: Readonly<Record<string, number>>;
  /** In the order in which they ended. */
  readonly actions: readonly LoggedAction[];
}

/** What one run did with one action. */
export interface LoggedAction {
  readonly key: string;
  readonly type: string;
  readonly status: string;
  /** Undefined: it published nothing. */
  readonly rows: LoggedRows | undefined;
  readonly durationMs: number;
  readonly finishedAt: string;
  readonly error: string | undefined;
  /** Reasons of its partitions, the first of them first. */
  readonly reasons: readonly string[];
}

export interface LoggedRows {
  readonly inserted: number;
  readonly updated: number;
  readonly refreshed: number;
  readonly deleted: number;
  readonly unchanged: number;
}

/** The newest runs, newest first; none where nothing has run. */
export async function readRunHistory(
  transaction: Transaction,
  dataset: string,
  limit: number,
): Promise<readonly LoggedRun[]> {
  const relations = await transaction.relations();
  if (!relations.has(`${dataset}.runs`) || !relations.has(`${dataset}.model_runs`)) return [];
  const newest = `(SELECT * FROM \`${dataset}\`.runs ORDER BY started_at DESC, run_id DESC LIMIT ${limit})`;
  const runs = rowsOf(await transaction.query(`SELECT * FROM ${newest} ORDER BY started_at DESC, run_id DESC`));
  const logged = rowsOf(
    await transaction.query(
      `SELECT * FROM \`${dataset}\`.model_runs WHERE run_id IN (SELECT run_id FROM ${newest}) ORDER BY finished_at, model`,
    ),
  );
  const byRun = new Map<string, LoggedAction[]>();
  for (const row of logged) {
    const id = textOf(row.run_id);
    const actions = byRun.get(id) ?? [];
    actions.push(actionOf(row));
    byRun.set(id, actions);
  }
  return runs.map((row) => runOf(row, byRun.get(textOf(row.run_id)) ?? []));
}

type Row = Readonly<Record<string, SqlValue>>;

function rowsOf({ columns, rows }: QueryResult): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])));
}

function runOf(row: Row, actions: readonly LoggedAction[]): LoggedRun {
  const [from, to] = [row.window_from, row.window_to];
  return {
    runId: textOf(row.run_id),
    command: textOf(row.command),
    startedAt: isoTimeOf(row.started_at) ?? "",
    finishedAt: isoTimeOf(row.finished_at) ?? "",
    status: textOf(row.status),
    window: typeof from === "string" && typeof to === "string" ? { from, to } : undefined,
    totals: numbersOf(jsonOf(row.totals)),
    actions,
  };
}

function actionOf(row: Row): LoggedAction {
  return {
    key: textOf(row.model),
    type: textOf(row.type),
    status: textOf(row.status),
    rows:
      row.rows_inserted === null
        ? undefined
        : {
            inserted: Number(row.rows_inserted),
            updated: Number(row.rows_updated),
            refreshed: Number(row.rows_refreshed),
            deleted: Number(row.rows_deleted),
            unchanged: Number(row.rows_unchanged),
          },
    durationMs: Number(row.duration_ms ?? 0),
    finishedAt: isoTimeOf(row.finished_at) ?? "",
    error: typeof row.error === "string" ? row.error : undefined,
    reasons: reasonsOf(jsonOf(row.partitions)),
  };
}

function reasonsOf(partitions: unknown): string[] {
  if (!Array.isArray(partitions)) return [];
  const reasons = partitions.flatMap((partition: unknown) => {
    const reason = typeof partition === "object" && partition !== null && "reason" in partition ? partition.reason : "";
    return typeof reason === "string" && reason !== "" ? [reason] : [];
  });
  return [...new Set(reasons)];
}

function numbersOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}
