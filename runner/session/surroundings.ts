import type { Surroundings } from "../check/check-result.js";
import { isLocked } from "../port/engine-error.js";
import type { Warehouse } from "../port/port.js";
import { READABLE_TABLES } from "../state/readable-tables.js";
import { type Place, withWarehouse } from "./place.js";

/** What a project's SQL is checked against: everything in the warehouse; nothing where there is no warehouse yet. */
export async function surroundingsOf(place: Place): Promise<Omit<Surroundings, "inferred">> {
  if (!place.engine.exists(place)) return { relations: new Map(), routines: new Map() };
  return withWarehouse(place, false, (warehouse) => surroundingsIn(warehouse, place.settings.stateDataset));
}

/**
 * The same, and nothing where another process has the warehouse: SQL can be checked without it.
 * @param note is told so, because columns of sources are then those that the SQL leads to expect
 */
export async function surroundingsIfFree(
  place: Place,
  note: (line: string) => void,
): Promise<Omit<Surroundings, "inferred">> {
  try {
    return await surroundingsOf(place);
  } catch (cause) {
    if (!isLocked(cause)) throw cause;
    note(`columns of sources are guessed from the SQL: ${cause.message}`);
    return { relations: new Map(), routines: new Map() };
  }
}

/** The same of a warehouse that is open. */
export function surroundingsIn(warehouse: Warehouse, stateDataset: string): Promise<Omit<Surroundings, "inferred">> {
  return warehouse.transaction(async (transaction) => {
    const relations = await transaction.relations();
    // A warehouse in which nothing is yet says as little as none.
    if (relations.size === 0) return { relations: new Map(), routines: await transaction.routines() };
    // What the runner makes before anything runs is there, made yet or not.
    const own = READABLE_TABLES.map(({ name, columns }) => [`${stateDataset}.${name}`, columns] as const);
    return {
      relations: new Map([...own, ...[...relations].map(([key, { columns }]) => [key, columns] as const)]),
      routines: await transaction.routines(),
    };
  });
}
