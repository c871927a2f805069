import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/**
 * How many threads of the engine share in queries: those cores that no other transaction works on. A thread that finds no part of a
 * query to work on does not sleep while another works: it asks again and again, which takes a fifth of the machine from models that
 * run side by side.
 */
export class FittingThreads {
  readonly #instance: DuckDBInstance;
  #isChosen = false;
  #running = 0;
  /** A connection of its own: a thread that is at work is waited for. */
  #connection: DuckDBConnection | undefined;
  /** DuckDB's own choice: one a core. */
  #all: number | undefined;
  #set: number | undefined;
  #fitting: Promise<void> | undefined;

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  /** Somebody who has the database open has chosen a number. */
  stay(): void {
    this.#isChosen = true;
  }

  /** Does something beside which others may be at work. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    this.#fit();
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#fit();
    }
  }

  /** Lets go of the database; whoever works on goes on. */
  async close(): Promise<void> {
    this.stay();
    await this.#fitting;
    this.#connection?.closeSync();
    this.#connection = undefined;
  }

  /** Nobody waits for it, and nothing is wrong but slower where it fails. */
  #fit(): void {
    // Whoever works alone has what there is from the beginning.
    if (this.#isChosen || (this.#running < 2 && this.#set === undefined)) return;
    this.#fitting ??= this.#change()
      .catch(() => undefined)
      .finally(() => {
        this.#fitting = undefined;
      });
  }

  async #change(): Promise<void> {
    this.#connection ??= await this.#instance.connect();
    this.#all ??= await threadsOf(this.#connection);
    for (
      let wanted = this.#wanted(this.#all);
      wanted !== this.#set && !this.#isChosen;
      wanted = this.#wanted(this.#all)
    ) {
      await this.#connection.run(`SET GLOBAL threads = ${wanted}`);
      this.#set = wanted;
    }
  }

  #wanted(all: number): number {
    return Math.max(1, all - Math.max(0, this.#running - 1));
  }
}

async function threadsOf(connection: DuckDBConnection): Promise<number> {
  const reader = await connection.runAndReadAll("SELECT current_setting('threads')");
  return Number(reader.getRows()[0]?.[0]);
}
