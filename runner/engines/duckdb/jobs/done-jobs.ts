import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteText } from "../quote.js";

const SCHEMA = "_fastbreak_server";
const TABLE = `${SCHEMA}.done_jobs`;
/** Nobody asks again after so long. */
const KEPT = "INTERVAL 7 DAY";

/**
 * Marks of jobs, each written in the transaction of what its job has changed: a job of which nobody knows whether it was carried out, because
 * the process was killed, is found here or has done nothing.
 */
export class DoneJobs {
  readonly #onConnection: <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>;
  #ready: Promise<void> | undefined;

  constructor(onConnection: <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>) {
    this.#onConnection = onConnection;
  }

  /** Makes the place of the marks; on a connection of its own, because it commits. */
  async prepare(): Promise<void> {
    this.#ready ??= this.#onConnection(async (connection) => {
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
      await connection.run(`CREATE TABLE IF NOT EXISTS ${TABLE} (key VARCHAR, ended TIMESTAMP)`);
    });
    try {
      await this.#ready;
    } catch (cause) {
      this.#ready = undefined;
      throw cause;
    }
  }

  /** What earlier processes have left; what is too old goes. */
  async read(): Promise<ReadonlySet<string>> {
    return this.#onConnection(async (connection) => {
      const known = `SELECT 1 FROM duckdb_tables() WHERE schema_name = '${SCHEMA}' AND table_name = 'done_jobs'`;
      if ((await connection.runAndReadAll(known)).currentRowCount === 0) return new Set();
      await connection.run(`DELETE FROM ${TABLE} WHERE ended < now()::TIMESTAMP - ${KEPT}`);
      const rows = (await connection.runAndReadAll(`SELECT key FROM ${TABLE}`)).getRowsJson() as [string][];
      return new Set(rows.map(([key]) => key));
    });
  }
}

/** The statement that leaves a mark. */
export function markSql(key: string): string {
  return `INSERT INTO ${TABLE} VALUES (${quoteText(key)}, now()::TIMESTAMP)`;
}
