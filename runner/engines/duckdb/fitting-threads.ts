import type { DuckDBConnection } from "@duckdb/node-api";

/** DuckDB splits a table by 122,880 rows: below some of these, threads have less to share than they lose to each other. */
const WORTH_SPLITTING = 500_000;

/**
 * How many threads of the engine share a query. One that finds no part to work on does not sleep while another works: it asks again
 * and again, which is a fifth of what a run over small tables costs. Models run side by side anyhow, so that each query has one thread
 * until a table is large. Whoever chooses a number of threads gets it.
 */
export class FittingThreads {
  #isSplit = true;
  #isChosen = false;
  #isDue = false;

  /** Somebody has chosen a number, which stays. */
  choose(): void {
    this.#isChosen = true;
  }

  /** One thread a query from here on, where no table of the file is large. */
  async join(connection: DuckDBConnection): Promise<void> {
    if (this.#isChosen || (await hasLargeTable(connection))) return;
    await connection.run("SET GLOBAL threads = 1");
    this.#isSplit = false;
  }

  /** Rows were written: a table may be large now. */
  wrote(): void {
    this.#isDue = true;
  }

  /** Looks again after rows were written, on a connection that is between two transactions. */
  async fit(connection: DuckDBConnection): Promise<void> {
    if (this.#isSplit || !this.#isDue) return;
    this.#isDue = false;
    if (await hasLargeTable(connection)) await this.split(connection);
  }

  /** All threads for what is large whatever the tables are: a file that is read, or whatever a user asks. */
  async split(connection: DuckDBConnection): Promise<void> {
    if (this.#isSplit) return;
    this.#isSplit = true;
    if (!this.#isChosen) await connection.run("RESET GLOBAL threads");
  }
}

async function hasLargeTable(connection: DuckDBConnection): Promise<boolean> {
  const reader = await connection.runAndReadAll(
    `SELECT coalesce(max(estimated_size), 0) >= ${WORTH_SPLITTING} FROM duckdb_tables()`,
  );
  return reader.getRows()[0]?.[0] === true;
}
