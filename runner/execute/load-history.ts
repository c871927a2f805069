import { nameOf } from "../googlesql/project-names.js";
import { quoteKey } from "../googlesql/quote.js";
import { UserError } from "../graph/user-error.js";
import { type RelationId, type RowObject, relationKey, type Transaction } from "../port/port.js";
import type { LoadIdentity, LoadOutcome } from "../state/load-log.js";
import { appendKnown } from "./history.js";

/**
 * Writes a row for a load that begins into the project's table, and ends those of loads that died.
 * @throws UserError when the table is not there
 */
export async function beginLoadHistory(
  transaction: Transaction,
  table: RelationId | undefined,
  load: LoadIdentity,
  stateDataset: string,
): Promise<void> {
  if (table === undefined) return;
  const key = relationKey(table);
  if (!(await transaction.relations()).has(key))
    throw new UserError(
      `fastbreak.json: history.loads ${key} is not in the warehouse; make it with fastbreak migrate, or correct the name`,
    );
  await transaction.execute(
    `UPDATE ${quoteKey(key)} SET status = 'failed', error_message = 'interrupted: the process ended before the load did'
       WHERE status = 'running' AND run_id IN (SELECT run_id FROM \`${stateDataset}\`.load_runs WHERE status = 'interrupted')`,
  );
  await appendKnown(transaction, table, [{ ...identity(load), run_id: load.runId, status: "running" }]);
}

/** Puts one row a table in the place of that with which the load began; one row in all where it reached none. */
export async function finishLoadHistory(
  transaction: Transaction,
  table: RelationId | undefined,
  load: LoadIdentity,
  { status, tables, readSeconds, writeSeconds, skipReason, error }: LoadOutcome,
): Promise<void> {
  if (table === undefined) return;
  const now = new Date();
  await transaction.execute(`DELETE FROM ${quoteKey(relationKey(table))} WHERE run_id = ${JSON.stringify(load.runId)}`);
  const common = {
    ...identity(load),
    completed_at: now.toISOString(),
    processed_at: now.toISOString(),
    status: status === "failed" ? "failed" : "success",
    error_message: error ?? null,
    load_time_seconds: readSeconds ?? null,
    save_time_seconds: writeSeconds ?? null,
    total_runtime_seconds: (now.getTime() - load.startedAt.getTime()) / 1000,
  };
  const rows = tables.map((loaded): RowObject => {
    const written = loaded.inserted + loaded.updated + loaded.deleted;
    return {
      ...common,
      run_id: `${load.runId}/${nameOf(loaded.relation)}`,
      processor_name: nameOf(loaded.relation),
      rows_processed: loaded.read,
      rows_inserted: loaded.inserted,
      rows_updated: loaded.updated,
      rows_failed: loaded.skipped,
      skip_reason: skipReason ?? (written === 0 && loaded.read > 0 ? "upstream_unchanged" : null),
    };
  });
  const alone = { ...common, run_id: load.runId, rows_processed: 0, rows_inserted: 0, rows_updated: 0, rows_failed: 0 };
  await appendKnown(transaction, table, rows.length > 0 ? rows : [{ ...alone, skip_reason: skipReason ?? null }]);
}

function identity({ loader, arguments: given, path, startedAt }: LoadIdentity): RowObject {
  return {
    processor_name: loader,
    started_at: startedAt.toISOString(),
    opts: JSON.stringify({ loader, arguments: given }),
    file_path: path ?? null,
  };
}
