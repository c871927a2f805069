import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import pRetry from "p-retry";
import { EngineError } from "../../port/engine-error.js";
import type {
  Capabilities,
  CostQuestions,
  Observation,
  ScriptResult,
  Transaction,
  Upkeep,
  Warehouse,
  WorkPurpose,
  WorkSpent,
} from "../../port/port.js";
import type { TableReader } from "../../port/table-reader.js";
import type { WarehousePlace } from "../engine.js";
import { BatchReader } from "./batch.js";
import { Catalog } from "./catalog.js";
import { openClient, type Send } from "./client.js";
import { DigestCache } from "./digest-cache.js";
import { engineError } from "./errors.js";
import { Jobs, type Purpose } from "./jobs.js";
import { BigQueryObservation } from "./observation.js";
import { Quotas } from "./quotas.js";
import { PATIENCE, Rest } from "./rest.js";
import type { Service } from "./service.js";
import { type Connection, connectionOf } from "./settings.js";
import { BigQueryTableReader } from "./table-reader.js";
import { BigQueryTransaction } from "./transaction.js";
import { BigQueryUpkeep } from "./upkeep.js";

/** How often a piece of work is done again that lost against another, or whose inputs moved under it. */
const MOST_CONFLICTS = 5;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** Milliseconds that cancelling may take. */
const CANCEL_MS = 5000;

/** What decides the result of a query besides the query: the service, and how its rows are digested here. */
const VERSION = "bigquery-1";

/**
 * Opens BigQuery, or a server on this machine that speaks as it does.
 * @param quotas how much may be done to a table of a server on this machine; undefined: anything
 */
export async function openBigQuery(
  place: WarehousePlace,
  quotas?: (signal: AbortSignal) => Quotas,
): Promise<Warehouse> {
  return new BigQueryWarehouse(await connectionOf(place, process.env), place, quotas);
}

class BigQueryWarehouse implements Warehouse {
  readonly target = "bigquery";
  readonly capabilities: Capabilities = {
    transactionalDdl: false,
    remembersDigests: false,
    readsInOrder: false,
    freeMetadata: true,
    cost: true,
    timeTravel: true,
    expiresPartitions: true,
  };
  readonly cost: CostQuestions;
  readonly reader: TableReader;
  readonly upkeep: Upkeep;
  readonly #service: Service;
  readonly #stop = new AbortController();
  readonly #send: Send;
  readonly #onSignal = (signal: NodeJS.Signals): void => void this.#cancel(signal);

  constructor(
    connection: Connection,
    { projectDir, stateDataset = "fastbreak", relations }: WarehousePlace,
    quotas: ((signal: AbortSignal) => Quotas) | undefined,
  ) {
    const patience = connection.endpoint === undefined ? PATIENCE.service : PATIENCE.local;
    this.#send = openClient(connection);
    const rest = new Rest(this.#send, patience, this.#stop.signal);
    for (const signal of SIGNALS) process.once(signal, this.#onSignal);
    const batch = new BatchReader(rest);
    // A server on this machine is never asked too often.
    const held = connection.endpoint === undefined ? new Quotas(this.#stop.signal) : quotas?.(this.#stop.signal);
    const jobs = new Jobs(rest, connection, randomBytes(6).toString("hex"), held);
    this.cost = {
      pricePerTiB: connection.pricePerTiB,
      mostPerRun: connection.maximumBytesPerRun,
      estimate: async (sql) =>
        jobs.dryRun(sql).then(
          ({ bytes }) => bytes,
          (cause: unknown) => {
            if (cause instanceof EngineError) return undefined;
            throw engineError(cause);
          },
        ),
    };
    let stages = 0;
    let ready: Promise<void> | undefined;
    this.#service = {
      connection,
      rest,
      batch,
      jobs,
      catalog: new Catalog(rest, batch, connection.project, relations),
      digests: new DigestCache(join(projectDir, ".fastbreak", "bigquery-digests.json")),
      stageDataset: stateDataset,
      nextStage: () => {
        stages += 1;
        return stages;
      },
      readyStages: () => {
        ready ??= jobs
          .run({ sql: `CREATE SCHEMA IF NOT EXISTS \`${stateDataset}\``, step: "define" }, this.#purpose(undefined))
          .then(() => undefined);
        return ready;
      },
    };
    this.reader = new BigQueryTableReader(this.#service);
    const upkeep = new BigQueryUpkeep(this.#service);
    this.upkeep = {
      due: (wanted) => telling(() => upkeep.due(wanted)),
      bring: (wanted, about) => telling(() => upkeep.bring(wanted, this.#purpose(about))),
    };
  }

  async version(): Promise<string> {
    return VERSION;
  }

  lookAgain(): void {
    this.#service.catalog.lookAgain();
  }

  async observe<T>(work: (observation: Observation) => Promise<T>, about?: WorkPurpose): Promise<T> {
    return telling(() => work(new BigQueryObservation(this.#service, this.#purpose(about))));
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>, about?: WorkPurpose): Promise<T> {
    return pRetry(() => telling(() => this.#attempt(work, this.#purpose(about), about?.rehearsal ?? false)), {
      retries: MOST_CONFLICTS,
      minTimeout: this.#service.rest.patience.firstPause,
      randomize: true,
      shouldRetry: ({ error }) => error instanceof EngineError && error.code === "conflict",
    });
  }

  async #attempt<T>(
    work: (transaction: Transaction) => Promise<T>,
    purpose: Purpose,
    isRehearsal: boolean,
  ): Promise<T> {
    const transaction = new BigQueryTransaction(this.#service, purpose, isRehearsal);
    try {
      const result = await work(transaction);
      await transaction.commit();
      return result;
    } catch (cause) {
      if (cause instanceof EngineError && cause.code === "conflict" && transaction.hasDone)
        throw new EngineError("query", `${cause.message}; what its statements did stands, and is not recorded`);
      throw cause;
    } finally {
      await transaction.end();
    }
  }

  async script(sql: string): Promise<ScriptResult> {
    return telling(async () => {
      const purpose = this.#purpose(undefined);
      const text = { sql, step: "query", keepsWhatIsDone: true };
      const { columns, rows, changed, statementType } = await this.#service.jobs.query(text, purpose);
      const isQuery = columns.length > 0 && (statementType === undefined || /^(?:SELECT|SCRIPT)$/.test(statementType));
      return { rows: isQuery ? { columns, rows } : undefined, rowsChanged: changed };
    });
  }

  spentOn(about: WorkPurpose): WorkSpent {
    return this.#service.jobs.spentOn(this.#purpose(about));
  }

  interrupt(): void {
    void this.#service.jobs.cancelAll(this.#send);
  }

  /** Stops the jobs that run, which would go on without us, and then lets the signal do what it does, unless somebody else sees to it. */
  async #cancel(signal: NodeJS.Signals): Promise<void> {
    const isOurs = process.listenerCount(signal) === 0;
    const cancelled = this.#service.jobs.cancelAll(this.#send);
    await Promise.race([cancelled, later(CANCEL_MS, undefined, { ref: false })]);
    this.#release();
    if (isOurs) process.kill(process.pid, signal);
  }

  #release(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  async close(): Promise<void> {
    this.#release();
    this.#service.digests.save();
    this.#stop.abort(new EngineError("query", "the warehouse was closed"));
  }

  #purpose(about: WorkPurpose | undefined): Purpose {
    const { labels, reservation } = about ?? {};
    return { run: about?.run ?? "adhoc", action: about?.action ?? "work", labels, reservation };
  }
}

async function telling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw engineError(cause);
  }
}
