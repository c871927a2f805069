import { BreakerOpenError } from "../execute/breakers.js";
import { admitLoad, noteLoad } from "../execute/load-breaker.js";
import { beginLoadHistory, finishLoadHistory } from "../execute/load-history.js";
import type { BreakerSettings } from "../graph/breaker-settings.js";
import type { Transaction, Warehouse } from "../port/port.js";
import { beginLoad, finishLoad, type LoadIdentity, type LoadOutcome } from "../state/load-log.js";
import { loadHistoryTable } from "./history-tables.js";
import { migrateFirst } from "./migrations.js";
import { type Place, withWarehouse } from "./place.js";

/**
 * Does a load in one transaction and keeps what became of it: with the rows when it succeeds, by itself when it fails.
 * @param work what was done, for the log and for the caller
 */
export async function loggedLoad<T>(
  warehouse: Warehouse,
  place: Place,
  load: LoadIdentity,
  work: (transaction: Transaction) => Promise<{ readonly result: T; readonly outcome: LoadOutcome }>,
): Promise<T> {
  const log = await LoadLog.begin(warehouse, place, load);
  try {
    return await warehouse.transaction(
      async (transaction) => {
        const { result, outcome } = await work(transaction);
        await log.finish(transaction, outcome);
        return result;
      },
      { run: load.runId, action: load.loader },
    );
  } catch (cause) {
    await log.fail(cause);
    throw cause;
  }
}

/**
 * Refuses a load whose circuit is open before its loader does anything.
 * @throws BreakerOpenError
 */
export async function refuseOpenCircuit(place: Place, load: LoadIdentity): Promise<void> {
  if (place.settings.breakers.loads === undefined || !place.engine.exists(place)) return;
  await withWarehouse(place, false, (warehouse) => LoadLog.admit(warehouse, place, load));
}

/** Keeps that a load failed before it opened the warehouse, where there is one. */
export async function logFailedLoad(place: Place, load: LoadIdentity, cause: unknown): Promise<void> {
  if (!place.engine.exists(place)) return;
  await withWarehouse(place, false, async (warehouse) => {
    const log = await LoadLog.begin(warehouse, place, load);
    await log.fail(cause);
  }).catch(() => undefined);
}

/** What is kept of one load: in the runner's own tables, and in that of the project. */
class LoadLog {
  private constructor(
    readonly warehouse: Warehouse,
    readonly stateDataset: string,
    readonly table: Awaited<ReturnType<typeof loadHistoryTable>>,
    readonly load: LoadIdentity,
    readonly breaker: BreakerSettings | undefined,
  ) {}

  /** Writes the load down before it does anything. */
  static async begin(warehouse: Warehouse, place: Place, load: LoadIdentity): Promise<LoadLog> {
    const { stateDataset } = place.settings;
    const table = await loadHistoryTable(place);
    await migrateFirst(place, warehouse);
    await warehouse.transaction(async (transaction) => {
      await beginLoad(transaction, stateDataset, load);
      await beginLoadHistory(transaction, table, load, stateDataset);
    });
    return new LoadLog(warehouse, stateDataset, table, load, breakerOf(place, load));
  }

  /** Refuses a load whose circuit is open; the refusal is kept as the end of the load. */
  static async admit(warehouse: Warehouse, place: Place, load: LoadIdentity): Promise<void> {
    const breaker = breakerOf(place, load);
    if (breaker === undefined) return;
    try {
      await warehouse.observe((observation) =>
        admitLoad(observation, place.settings.stateDataset, load.loader, breaker),
      );
    } catch (cause) {
      if (!(cause instanceof BreakerOpenError)) throw cause;
      const log = await LoadLog.begin(warehouse, place, load);
      await log.#note({ ...failedOutcome(cause), skipReason: "circuit_breaker_open" });
      throw cause;
    }
  }

  async finish(transaction: Transaction, outcome: LoadOutcome): Promise<void> {
    await this.#write(transaction, outcome);
    if (this.breaker !== undefined) await noteLoad(transaction, this.stateDataset, this.load, this.breaker, undefined);
  }

  /** What made the load fail is what the user must see, not that the log could not be written either. */
  async fail(cause: unknown): Promise<void> {
    await this.#note(failedOutcome(cause), cause);
  }

  async #note(outcome: LoadOutcome, failure?: unknown): Promise<void> {
    await this.warehouse
      .transaction(async (transaction) => {
        await this.#write(transaction, outcome);
        if (failure !== undefined && this.breaker !== undefined)
          await noteLoad(transaction, this.stateDataset, this.load, this.breaker, failure);
      })
      .catch(() => undefined);
  }

  async #write(transaction: Transaction, outcome: LoadOutcome): Promise<void> {
    await finishLoad(transaction, this.stateDataset, this.load, outcome);
    await finishLoadHistory(transaction, this.table, this.load, outcome);
  }
}

/** What somebody seeds or pulls by hand is no step that comes again. */
function breakerOf({ settings }: Place, { loader }: LoadIdentity): BreakerSettings | undefined {
  return BY_HAND.has(loader) ? undefined : settings.breakers.loads;
}

/** The names under which seeds and pulls are logged. */
const BY_HAND: ReadonlySet<string> = new Set(["seed", "pull"]);

function failedOutcome(cause: unknown) {
  const error = cause instanceof Error ? cause.message : String(cause);
  return { status: "failed", tables: [], readSeconds: undefined, writeSeconds: undefined, error } as const;
}
