import { setTimeout as sleep } from "node:timers/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import pLimit from "p-limit";
import pRetry from "p-retry";
import { registerFarmFingerprint } from "../../dialect/runtime/farm-fingerprint/index.js";
import { TransactionRestart } from "../../dialect/script/host.js";
import { EngineError, isConflict } from "../../port/engine-error.js";
import type {
  Capabilities,
  Observation,
  RelationId,
  ScriptResult,
  Transaction,
  Warehouse,
  WorkPurpose,
} from "../../port/port.js";
import type { KeptVersions, SqlJobs } from "../../port/sql-jobs.js";
import type { ChosenLimits } from "./chosen-limits.js";
import { lacksLibrary, queryError } from "./errors.js";
import { type DatabaseFile, type OpenOptions, openDatabase, openMemoryDatabase } from "./open.js";
import { HandledFailures, OwnTransactions } from "./recovery.js";
import { CommittedRelations, TransactionRelations } from "./relation-source.js";
import { DuckDbScriptHost } from "./script-host.js";
import { ANYWHERE, type ScriptPlace } from "./script-place.js";
import type { CatalogMoment } from "./shared-catalog.js";
import { DuckDbTransaction } from "./transaction.js";
import { TransactionDigests } from "./transaction-digests.js";
import { Translator } from "./translator.js";
import { underWay } from "./under-way.js";
import { engineVersion } from "./version.js";

/** How often a transaction is tried again that lost against another, and how long it waits for another to end, in milliseconds. */
const MOST_CONFLICTS = 100;
const LONGEST_PAUSE_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/** Each error that a script handles inside a transaction costs one more attempt. */
const MOST_RESTARTS = 100;
const TOO_MANY_HANDLED = `EXCEPTION has handled ${MOST_RESTARTS} errors in one transaction; more are not supported by the embedded engine`;

/** How often what still runs is interrupted when the warehouse is closed, in milliseconds: it may be between two statements. */
const INTERRUPT_AGAIN_MS = 50;

/** What a transaction reads for itself, whatever earlier ones have read. */
interface Knowing {
  readonly readsCatalog: boolean;
  /** Digests are taken of the rows as they stand in the file. */
  readonly readsRows: boolean;
}

/**
 * Opens the embedded warehouse: one DuckDB file, datasets as schemas; those of other projects than home as `project.dataset`.
 * @param place what its scripts are surrounded by
 * @throws EngineError when the file is missing (without `create`), locked, damaged or of a newer version
 */
export async function openDuckDbWarehouse(
  path: string,
  options: OpenOptions,
  limits: Partial<ChosenLimits> = {},
  place: ScriptPlace = ANYWHERE,
): Promise<Warehouse> {
  return new DuckDbWarehouse(await openDatabase(path, options, limits), place);
}

/** Opens an empty warehouse in memory. */
export async function openScratchWarehouse(
  place: ScriptPlace = ANYWHERE,
  limits: Partial<ChosenLimits> = {},
): Promise<Warehouse> {
  return new DuckDbWarehouse(await openMemoryDatabase(limits), place);
}

class DuckDbWarehouse implements Warehouse {
  readonly target = "duckdb";
  readonly capabilities: Capabilities = {
    transactionalDdl: true,
    remembersDigests: true,
    readsInOrder: true,
    freeMetadata: false,
    cost: false,
    timeTravel: false,
    expiresPartitions: false,
  };
  readonly #file: DatabaseFile;
  readonly #translator: Translator;
  readonly #idle: DuckDBConnection[] = [];
  readonly #open = new Set<DuckDBConnection>();
  /** What ends the time of its jobs. */
  readonly #endings: (() => void)[] = [];
  readonly #working = new Set<Promise<unknown>>();
  readonly #attempts = new Set<Promise<unknown>>();
  /** Those who lost try again one by one: together all but one of them would lose again what they had done. */
  readonly #again = pLimit(1);

  constructor(file: DatabaseFile, place: ScriptPlace) {
    this.#file = file;
    this.#translator = new Translator(() => this.#installLibrary(), place);
  }

  async version(): Promise<string> {
    return engineVersion();
  }

  async observe<T>(work: (observation: Observation) => Promise<T>): Promise<T> {
    // Who plans looks at what is there, whoever has made it.
    const knowing = { readsCatalog: !this.#file.alone(), readsRows: false };
    return underWay(this.#working, async () => {
      try {
        return await this.#attempt(work, new HandledFailures(), knowing);
      } catch (cause) {
        if (!lacksLibrary(cause)) throw cause;
        await this.#translator.prepare();
        return this.#attempt(work, new HandledFailures(), knowing);
      }
    });
  }

  async lookAhead(): Promise<void> {
    if (this.#file.alone()) await this.observe((observation) => observation.relations());
    await this.#translator.lookAhead();
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>, about?: WorkPurpose): Promise<T> {
    return underWay(this.#working, () => this.#transaction(work, about));
  }

  async #transaction<T>(work: (transaction: Transaction) => Promise<T>, about?: WorkPurpose): Promise<T> {
    // What this installs is not seen by a transaction that has begun.
    await this.#translator.prepare();
    // Who verifies looks at the rows themselves.
    const knowing = { readsCatalog: false, readsRows: about?.rehearsal === true };
    const attempt = () =>
      underWay(this.#attempts, () => this.#file.threads.during(() => this.#restarting(work, knowing)));
    return pRetry((count) => (count === 1 ? attempt() : this.#again(attempt)), {
      retries: MOST_CONFLICTS,
      minTimeout: 20,
      maxTimeout: LONGEST_PAUSE_MS,
      randomize: true,
      shouldRetry: ({ error }) => isConflict(error),
      onFailedAttempt: ({ error }) => (isConflict(error) ? this.#anotherEnds() : undefined),
    });
  }

  /** Whoever won may hold what it has changed until it ends. */
  async #anotherEnds(): Promise<void> {
    const others = [...this.#attempts].map((attempt) => attempt.catch(() => undefined));
    if (others.length > 0) await Promise.race([...others, sleep(LONGEST_WAIT_MS, undefined, { ref: false })]);
  }

  /** Runs the work again for each error that a script of it handles: the engine gives the whole transaction up. */
  async #restarting<T>(work: (transaction: Transaction) => Promise<T>, knowing: Knowing): Promise<T> {
    const handled = new HandledFailures();
    for (;;) {
      try {
        return await this.#attempt(work, handled, knowing);
      } catch (cause) {
        if (!(cause instanceof TransactionRestart)) throw cause;
        if (handled.count === MOST_RESTARTS) throw new EngineError("query", TOO_MANY_HANDLED);
        handled.add(cause.failure);
      }
    }
  }

  async #attempt<T>(
    work: (transaction: DuckDbTransaction) => Promise<T>,
    handled: HandledFailures,
    { readsCatalog, readsRows }: Knowing,
  ): Promise<T> {
    const connection = this.#idle.pop() ?? (await this.#connect());
    let isFree = true;
    try {
      const begun = this.#file.digests?.begin() ?? 0;
      const moment = await this.#begin(connection);
      const relations = new TransactionRelations(connection, this.#file.catalog, { moment, fresh: readsCatalog });
      const digests = new TransactionDigests(readsRows ? undefined : this.#file.digests, begun);
      const result = await work(new DuckDbTransaction(connection, this.#translator, handled, relations, digests));
      const commit = () => connection.run("COMMIT");
      const commitRelations = () => (relations.hasChanged ? this.#file.catalog.commit(relations, commit) : commit());
      await this.#file.requireSame(connection);
      await (this.#file.digests?.commit(digests, commitRelations) ?? commitRelations());
      await this.#file.requireSame(connection);
      return result;
    } catch (cause) {
      isFree = await rollback(connection);
      throw queryError(cause);
    } finally {
      if (isFree) this.#idle.push(connection);
      else this.#discard(connection);
    }
  }

  /** @returns the moment of the catalogue in which the transaction's snapshot lies, if anybody can tell */
  async #begin(connection: DuckDBConnection): Promise<CatalogMoment | undefined> {
    return this.#file.catalog.begin(async () => {
      // The snapshot is fixed by the first statement that looks into the database.
      await connection.run("BEGIN TRANSACTION; SELECT txid_current()");
    });
  }

  async script(sql: string): Promise<ScriptResult> {
    return underWay(this.#working, () => this.#script(sql));
  }

  async #script(sql: string): Promise<ScriptResult> {
    // A connection of its own: temporary tables and variables end with it.
    const connection = await this.#connect();
    try {
      const run = (wrote?: (id: RelationId | undefined) => void) =>
        this.#file.catalog.whileForeign(() => this.#translator.run(sql, this.#scriptHost(connection, wrote)));
      return await (this.#file.digests?.whileForeign(run) ?? run());
    } catch (cause) {
      throw queryError(cause);
    } finally {
      this.#discard(connection);
    }
  }

  #discard(connection: DuckDBConnection): void {
    this.#open.delete(connection);
    connection.closeSync();
  }

  #scriptHost(connection: DuckDBConnection, wrote?: (id: RelationId | undefined) => void): DuckDbScriptHost {
    return new DuckDbScriptHost(
      connection,
      new OwnTransactions(connection),
      new CommittedRelations((work) => work(connection)),
      this.#translator.place,
      false,
      wrote,
    );
  }

  interrupt(): void {
    for (const connection of this.#open) connection.interrupt();
  }

  async jobs(kept?: KeptVersions): Promise<SqlJobs> {
    const { DuckDbJobs } = await import("./jobs/jobs.js");
    const connections = {
      take: async () => this.#idle.pop() ?? (await this.#connect()),
      giveBack: (connection: DuckDBConnection) => void this.#idle.push(connection),
      discard: (connection: DuckDBConnection) => this.#discard(connection),
    };
    const jobs = new DuckDbJobs(connections, this.#translator, kept);
    this.#endings.push(this.#file.catalog.abandonTo(() => jobs.forgetCatalog()));
    this.#file.digests?.abandon();
    return jobs;
  }

  async close(): Promise<void> {
    // Who closes because one of many has failed leaves the others at work: a connection that is closed under its statement ends the process.
    while (this.#working.size > 0) {
      this.interrupt();
      await Promise.race([Promise.allSettled(this.#working), sleep(INTERRUPT_AGAIN_MS, undefined, { ref: false })]);
    }
    for (const end of this.#endings) end();
    for (const connection of this.#open) connection.closeSync();
    await this.#file.close();
  }

  async #connect(): Promise<DuckDBConnection> {
    const connection = await this.#file.connect();
    this.#open.add(connection);
    registerFarmFingerprint(connection);
    return connection;
  }

  /** On a connection of its own, because it commits. */
  async #installLibrary(): Promise<void> {
    const { installMacros } = await import("../../dialect/runtime/index.js");
    const connection = await this.#connect();
    await installMacros(connection);
    this.#idle.push(connection);
  }
}

/**
 * @returns whether the connection is free for others: an interrupted ROLLBACK leaves its transaction open, which ends with the connection;
 * after a failed COMMIT there is none left
 */
async function rollback(connection: DuckDBConnection): Promise<boolean> {
  try {
    await connection.run("ROLLBACK");
    return true;
  } catch {
    return false;
  }
}
