import type { Transaction, Warehouse } from "../port/port.js";
import { beginLoad, finishLoad, type LoadIdentity, type LoadOutcome } from "../state/load-log.js";
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
  const { stateDataset } = place.settings;
  await migrateFirst(place, warehouse);
  await warehouse.transaction((transaction) => beginLoad(transaction, stateDataset, load));
  try {
    return await warehouse.transaction(async (transaction) => {
      const { result, outcome } = await work(transaction);
      await finishLoad(transaction, stateDataset, load, outcome);
      return result;
    });
  } catch (cause) {
    await noteFailure(warehouse, stateDataset, load, cause);
    throw cause;
  }
}

/** Keeps that a load failed before it opened the warehouse, where there is one. */
export async function logFailedLoad(place: Place, load: LoadIdentity, cause: unknown): Promise<void> {
  if (!place.engine.exists(place)) return;
  const { stateDataset } = place.settings;
  await withWarehouse(place, false, async (warehouse) => {
    await warehouse.transaction((transaction) => beginLoad(transaction, stateDataset, load));
    await noteFailure(warehouse, stateDataset, load, cause);
  }).catch(() => undefined);
}

/** What made the load fail is what the user must see, not that the log could not be written either. */
async function noteFailure(warehouse: Warehouse, dataset: string, load: LoadIdentity, cause: unknown): Promise<void> {
  const error = cause instanceof Error ? cause.message : String(cause);
  const outcome = { status: "failed", tables: [], readSeconds: undefined, writeSeconds: undefined, error } as const;
  await warehouse.transaction((transaction) => finishLoad(transaction, dataset, load, outcome)).catch(() => undefined);
}
