import type { Transaction } from "../port/port.js";
import { modelLog } from "./model-state.js";
import { relationLog } from "./relation-state.js";
import { sliceLog } from "./slice-state.js";

/** Rids the logs that grow with every build of what no run will read again, so that nights do not take longer and longer. */
export async function compactState(transaction: Transaction, dataset: string): Promise<void> {
  for (const logOf of [modelLog, relationLog, sliceLog]) await transaction.compactLog?.(logOf(dataset));
}
