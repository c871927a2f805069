import type { DuckDBConnection } from "@duckdb/node-api";
import { type EngineFailure, TransactionRestart } from "../../dialect/script/host.js";
import { quoteName, quoteText } from "./quote.js";

/** How a script stands to transactions, and how it goes on after an error that it handles: DuckDB gives a whole transaction up. */
export interface Recovery {
  /** Every statement that the script sends goes through here. */
  run<T>(sql: string, changes: boolean, work: () => Promise<T>): Promise<T>;
  /** To be called before a variable gets another value. */
  keepVariable(key: string): Promise<void>;
  recover(): Promise<void>;
  transaction(verb: "BEGIN" | "COMMIT" | "ROLLBACK"): Promise<void>;
  /** Does work of several statements wholly or not at all; as part of other such work, together with that. */
  atomically<T>(work: () => Promise<T>): Promise<T>;
}

/** Every statement is a transaction, unless the script begins one; that one is begun again, with what had succeeded in it. */
export class OwnTransactions implements Recovery {
  readonly #connection: DuckDBConnection;
  /** What the script's open transaction has changed. */
  #changes: string[] | undefined;
  /** Variables that it has changed; DuckDB does not roll them back. Their values from before stand in other variables. */
  readonly #kept = new Set<string>();
  #isAtomic = false;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async run<T>(sql: string, changes: boolean, work: () => Promise<T>): Promise<T> {
    const result = await work();
    if (changes) this.#changes?.push(sql);
    return result;
  }

  async atomically<T>(work: () => Promise<T>): Promise<T> {
    if (this.#changes !== undefined || this.#isAtomic) return work();
    this.#isAtomic = true;
    try {
      return await inTransaction(this.#connection, work);
    } finally {
      this.#isAtomic = false;
    }
  }

  async recover(): Promise<void> {
    if (this.#changes === undefined || (await isAlive(this.#connection))) return;
    await this.#connection.run("ROLLBACK");
    await this.#connection.run("BEGIN TRANSACTION");
    for (const key of this.#kept) await this.#copyVariable(keptKey(key), key);
    for (const sql of this.#changes) await this.#connection.run(sql);
  }

  async keepVariable(key: string): Promise<void> {
    if (this.#changes === undefined || this.#kept.has(key)) return;
    await this.#copyVariable(key, keptKey(key));
    this.#kept.add(key);
  }

  async #copyVariable(from: string, to: string): Promise<void> {
    await this.#connection.run(`SET VARIABLE ${quoteName(to)} = getvariable(${quoteText(from)})`);
  }

  async transaction(verb: "BEGIN" | "COMMIT" | "ROLLBACK"): Promise<void> {
    await this.#connection.run(verb === "COMMIT" ? verb : `${verb} TRANSACTION`);
    this.#changes = verb === "BEGIN" ? [] : undefined;
    this.#kept.clear();
  }
}

/** Every statement of the work in one transaction. */
async function inTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run("BEGIN TRANSACTION");
  try {
    const result = await work();
    await connection.run("COMMIT");
    return result;
  } catch (cause) {
    // Where the COMMIT has failed there is nothing left to roll back.
    await connection.run("ROLLBACK").catch(() => undefined);
    throw cause;
  }
}

const keptKey = (key: string): string => `kept_${key}`;

/** Errors that the scripts of a transaction have handled, kept while it is run again. */
export class HandledFailures {
  readonly #known = new Map<number, EngineFailure>();

  #count = 0;

  /** How often the transaction was begun again. */
  get count(): number {
    return this.#count;
  }

  add(failure: EngineFailure): void {
    this.#count += 1;
    this.#known.set(failure.at, failure);
  }

  /** The message with which this statement failed before. */
  find(at: number, sql: string): string | undefined {
    const failure = this.#known.get(at);
    return failure?.sql === sql ? failure.message : undefined;
  }
}

/** All statements are part of the caller's transaction, which he begins again for each error that is handled. */
export class CallersTransaction implements Recovery {
  readonly #connection: DuckDBConnection;
  readonly #handled: HandledFailures;
  #next = 0;
  #last: EngineFailure | undefined;

  constructor(connection: DuckDBConnection, handled: HandledFailures) {
    this.#connection = connection;
    this.#handled = handled;
  }

  async run<T>(sql: string, _changes: boolean, work: () => Promise<T>): Promise<T> {
    const at = this.#next;
    this.#next += 1;
    const before = this.#handled.find(at, sql);
    if (before !== undefined) throw new Error(before);
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof Error) this.#last = { at, sql, message: cause.message };
      throw cause;
    }
  }

  async atomically<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  async keepVariable(): Promise<void> {
    // The scripts of the transaction run again from their beginning.
  }

  async recover(): Promise<void> {
    if (this.#last === undefined || (await isAlive(this.#connection))) return;
    throw new TransactionRestart(this.#last);
  }

  async transaction(verb: "BEGIN" | "COMMIT" | "ROLLBACK"): Promise<void> {
    if (verb === "ROLLBACK")
      throw new Error("ROLLBACK TRANSACTION is not supported where the script is part of a run's transaction");
  }
}

async function isAlive(connection: DuckDBConnection): Promise<boolean> {
  try {
    await connection.run("SELECT 1");
    return true;
  } catch {
    return false;
  }
}
