import type { Observation, RowObject, Transaction } from "../port/port.js";
import { relationKey } from "../port/port.js";
import type { Column } from "../port/sql-types.js";
import { isoTimeOf } from "./codec.js";
import { migrateState } from "./migrate.js";
import { closeInterrupted } from "./run-log.js";
import { THIS_PROCESS } from "./this-process.js";

const RUNS = "load_runs";
const RUN_COLUMNS: readonly Column[] = [
  { name: "run_id", type: "STRING" },
  { name: "loader", type: "STRING" },
  { name: "arguments", type: "STRING" },
  { name: "started_at", type: "TIMESTAMP" },
  { name: "finished_at", type: "TIMESTAMP" },
  { name: "status", type: "STRING" },
  { name: "read_seconds", type: "FLOAT64" },
  { name: "write_seconds", type: "FLOAT64" },
  { name: "skip_reason", type: "STRING" },
  { name: "error", type: "STRING" },
  { name: "process", type: "STRING" },
];

const TABLES = "load_tables";
const TABLE_COLUMNS: readonly Column[] = [
  { name: "run_id", type: "STRING" },
  { name: "relation", type: "STRING" },
  { name: "loaded_at", type: "TIMESTAMP" },
  { name: "rows_read", type: "INT64" },
  { name: "rows_inserted", type: "INT64" },
  { name: "rows_updated", type: "INT64" },
  { name: "rows_deleted", type: "INT64" },
  { name: "rows_unchanged", type: "INT64" },
  { name: "rows_skipped", type: "INT64" },
];

/** One load, from when it begins. */
export interface LoadIdentity {
  readonly runId: string;
  /** Name of the loader, or `seed`. */
  readonly loader: string;
  readonly arguments: readonly string[];
  /** The file or folder that it reads; undefined: none was named. */
  readonly path: string | undefined;
  readonly startedAt: Date;
}

/** What a load did to one table. */
export interface LoadedRows {
  /** `dataset.name` */
  readonly relation: string;
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly skipped: number;
}

/** How a load ended. */
export interface LoadOutcome {
  readonly status: "success" | "failed" | "skipped";
  readonly tables: readonly LoadedRows[];
  /** Seconds in which the loader's own code worked, and in which rows were written; undefined: not told apart. */
  readonly readSeconds: number | undefined;
  readonly writeSeconds: number | undefined;
  readonly skipReason?: string;
  readonly error?: string;
}

/** Writes a load down before it does anything, so that one that dies is known. */
export async function beginLoad(transaction: Transaction, dataset: string, load: LoadIdentity): Promise<void> {
  await migrateState(transaction, dataset);
  await closeInterrupted(transaction, dataset, load.startedAt);
  await transaction.append({ dataset, name: RUNS }, RUN_COLUMNS, [{ ...identityRow(load), status: "running" }]);
}

/** Puts the end of a load in the place of its beginning; belongs into the transaction that writes the rows. */
export async function finishLoad(
  transaction: Transaction,
  dataset: string,
  load: LoadIdentity,
  outcome: LoadOutcome,
): Promise<void> {
  const at = new Date().toISOString();
  await transaction.execute(`DELETE FROM \`${dataset}\`.${RUNS} WHERE run_id = ${JSON.stringify(load.runId)}`);
  await transaction.append({ dataset, name: RUNS }, RUN_COLUMNS, [
    {
      ...identityRow(load),
      finished_at: at,
      status: outcome.status,
      read_seconds: outcome.readSeconds ?? null,
      write_seconds: outcome.writeSeconds ?? null,
      skip_reason: outcome.skipReason ?? null,
      error: outcome.error ?? null,
    },
  ]);
  const rows = outcome.tables.map(
    (table): RowObject => ({
      run_id: load.runId,
      relation: table.relation,
      loaded_at: at,
      rows_read: table.read,
      rows_inserted: table.inserted,
      rows_updated: table.updated,
      rows_deleted: table.deleted,
      rows_unchanged: table.unchanged,
      rows_skipped: table.skipped,
    }),
  );
  await transaction.append({ dataset, name: TABLES }, TABLE_COLUMNS, rows);
}

function identityRow({ runId, loader, arguments: given, startedAt }: LoadIdentity): RowObject {
  return {
    run_id: runId,
    loader,
    arguments: JSON.stringify(given),
    started_at: startedAt.toISOString(),
    process: THIS_PROCESS,
  };
}

/**
 * When loaders and seeds last changed rows of each table, by `dataset.name` in lower case; what others wrote nobody here knows.
 * A load that found every row as it was is no write.
 */
export async function readLastWrites(transaction: Transaction, dataset: string): Promise<ReadonlyMap<string, Date>> {
  if (!(await isThere(transaction, dataset))) return new Map();
  const { rows } = await transaction.query(
    `SELECT LOWER(relation), MAX(loaded_at) FROM \`${dataset}\`.${TABLES}
     WHERE rows_inserted + rows_updated + rows_deleted > 0 GROUP BY 1`,
  );
  return new Map(rows.map(([relation, at]) => [String(relation), new Date(isoTimeOf(at ?? null) ?? "")]));
}

async function isThere(observation: Observation, dataset: string): Promise<boolean> {
  return (await observation.relations()).has(relationKey({ dataset, name: TABLES }));
}
