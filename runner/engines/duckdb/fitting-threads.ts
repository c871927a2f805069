import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** What is over so soon, in milliseconds, reads few rows, and was planned for most of its time, which one thread does. */
const SOON_OVER_MS = 1000;

/**
 * How many threads of the engine share in queries: those cores on which nothing else is read or built, once one has been at work for
 * a while. A thread that finds no part of a query to work on does not sleep while another works: it asks again and again, which takes a
 * fifth of the machine from models that run side by side, and a sixth of the work of a few rows.
 */
export class FittingThreads {
  readonly #instance: DuckDBInstance;
  readonly #soonOverMs: number;
  #isChosen = false;
  readonly #working = new Set<{ readonly since: number }>();
  /** Nobody is at work, and since when. */
  #idle = { since: 0 };
  #later: NodeJS.Timeout | undefined;
  /** A connection of its own: a thread that is at work is waited for. */
  #connection: DuckDBConnection | undefined;
  /** DuckDB's own choice: one a core. */
  #all: number | undefined;
  #set: number | undefined;
  #fitting: Promise<void> | undefined;

  /** @param soonOverMs how long whoever works alone does so without other cores, in milliseconds */
  constructor(instance: DuckDBInstance, soonOverMs: number = SOON_OVER_MS) {
    this.#instance = instance;
    this.#soonOverMs = soonOverMs;
  }

  /** Somebody who has the database open has chosen a number. */
  stay(): void {
    this.#isChosen = true;
  }

  /** Does something beside which others may be at work. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const one = { since: performance.now() };
    this.#working.add(one);
    this.#fit();
    try {
      return await work();
    } finally {
      this.#working.delete(one);
      this.#idle = { since: performance.now() };
      this.#fit();
    }
  }

  /** Lets go of the database; whoever works on goes on. */
  async close(): Promise<void> {
    this.stay();
    clearTimeout(this.#later);
    await this.#fitting;
    this.#connection?.closeSync();
    this.#connection = undefined;
  }

  /** Nobody waits for it, and nothing is wrong but slower where it fails. */
  #fit(): void {
    clearTimeout(this.#later);
    if (this.#isChosen) return;
    const left = this.#briefFor();
    if (left > 0) this.#later = setTimeout(() => this.#fit(), Math.ceil(left)).unref();
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
    const count = this.#working.size;
    if (this.#briefFor() > 0) return count === 0 ? (this.#set ?? all) : 1;
    return Math.max(1, all - Math.max(0, count - 1));
  }

  /** How long whoever is alone, or nobody, may still be so for a moment only. */
  #briefFor(): number {
    const [one = this.#idle] = this.#working;
    return this.#working.size < 2 ? one.since + this.#soonOverMs - performance.now() : 0;
  }
}

async function threadsOf(connection: DuckDBConnection): Promise<number> {
  const reader = await connection.runAndReadAll("SELECT current_setting('threads')");
  return Number(reader.getRows()[0]?.[0]);
}
