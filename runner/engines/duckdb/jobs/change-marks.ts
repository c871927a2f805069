import type { DuckDBConnection } from "@duckdb/node-api";
import type { ChangedRows, ChangeMark, LeftMark } from "../../../port/sql-jobs.js";
import { quoteText } from "../quote.js";

const SCHEMA = "_fastbreak_server";
const NAME = "done_jobs";
const TABLE = `${SCHEMA}.${NAME}`;
/** Marks that say no time of their own, as servers left them that knew only names of jobs. */
const USUALLY_KEPT = "INTERVAL 7 DAY";
/** How often marks that are too old go, in milliseconds. */
const SWEEP_MS = 60_000;

type OnConnection = <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>;

/**
 * Marks of changes, each written in the transaction of its change: a change of which nobody knows whether it was made, because the process
 * was killed, is found here or was not made.
 */
export class ChangeMarks {
  readonly #onConnection: OnConnection;
  #ready: Promise<void> | undefined;
  #swept = Date.now();

  constructor(onConnection: OnConnection) {
    this.#onConnection = onConnection;
  }

  /** Makes the place of the marks; on a connection of its own, because it commits. */
  async prepare(): Promise<void> {
    this.#ready ??= this.#onConnection(async (connection) => {
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
      await connection.run(`CREATE TABLE IF NOT EXISTS ${TABLE} (key VARCHAR, ended TIMESTAMP)`);
      await widen(connection);
    });
    try {
      await this.#ready;
    } catch (cause) {
      this.#ready = undefined;
      throw cause;
    }
    if (Date.now() - this.#swept < SWEEP_MS) return;
    this.#swept = Date.now();
    await this.#onConnection(sweep);
  }

  /** What earlier processes have left; what is too old goes. */
  async read(): Promise<readonly LeftMark[]> {
    return this.#onConnection(async (connection) => {
      const known = `SELECT 1 FROM duckdb_tables() WHERE schema_name = '${SCHEMA}' AND table_name = '${NAME}'`;
      if ((await connection.runAndReadAll(known)).currentRowCount === 0) return [];
      await widen(connection);
      await sweep(connection);
      const sql = `SELECT key, note, epoch_ms(ended)::DOUBLE, changed FROM ${TABLE} ORDER BY ended`;
      const rows = (await connection.runAndReadAll(sql)).getRows() as [string, string | null, number, string | null][];
      return rows.map(([key, note, at, changed]) => ({
        key,
        note: note ?? undefined,
        at,
        changed: changed === null ? undefined : (JSON.parse(changed) as ChangedRows),
      }));
    });
  }
}

async function widen(connection: DuckDBConnection): Promise<void> {
  for (const column of ["note VARCHAR", "until TIMESTAMP", "changed VARCHAR"])
    await connection.run(`ALTER TABLE ${TABLE} ADD COLUMN IF NOT EXISTS ${column}`);
}

async function sweep(connection: DuckDBConnection): Promise<void> {
  await connection.run(`DELETE FROM ${TABLE} WHERE coalesce(until, ended + ${USUALLY_KEPT}) < ${NOW}`);
}

/** In UTC, whatever the zone of the session; real, though the clock that texts see was moved. */
const NOW = "(get_current_timestamp() AT TIME ZONE 'UTC')";

/** The statement that leaves a mark. */
export function markSql({ key, note, keptMs }: ChangeMark, changed?: ChangedRows): string {
  const text = (value: string | undefined) => (value === undefined ? "NULL" : quoteText(value));
  const until = `${NOW} + INTERVAL ${Math.round(keptMs)} MILLISECOND`;
  const what = changed === undefined ? undefined : JSON.stringify(changed);
  return `INSERT INTO ${TABLE} (key, ended, note, until, changed) VALUES (${text(key)}, ${NOW}, ${text(note)}, ${until}, ${text(what)})`;
}
