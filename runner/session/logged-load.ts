import { beginLoadHistory, finishLoadHistory } from "../execute/load-history.js";
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
    return await warehouse.transaction(async (transaction) => {
      const { result, outcome } = await work(transaction);
      await log.finish(transaction, outcome);
      return result;
    });
  } catch (cause) {
    await log.fail(cause);
    throw cause;
  }
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
    return new LoadLog(warehouse, stateDataset, table, load);
  }

  async finish(transaction: Transaction, outcome: LoadOutcome): Promise<void> {
    await finishLoad(transaction, this.stateDataset, this.load, outcome);
    await finishLoadHistory(transaction, this.table, this.load, outcome);
  }

  /** What made the load fail is what the user must see, not that the log could not be written either. */
  async fail(cause: unknown): Promise<void> {
    const error = cause instanceof Error ? cause.message : String(cause);
    const outcome = { status: "failed", tables: [], readSeconds: undefined, writeSeconds: undefined, error } as const;
    await this.warehouse.transaction((transaction) => this.finish(transaction, outcome)).catch(() => undefined);
  }
}
