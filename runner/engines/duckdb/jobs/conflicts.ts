import { setTimeout as later } from "node:timers/promises";
import { isConflict } from "../../../port/engine-error.js";
import type { RelationId } from "../../../port/port.js";
import { queryError } from "../errors.js";

/** How long a statement waits for the transaction of somebody else that holds its table, in milliseconds. */
const LONGEST_MS = 120_000;
const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

/** Whether a statement has lost against another transaction. */
export function hasLost(cause: unknown): boolean {
  return isConflict(queryError(cause));
}

/** Does work again until nobody's open transaction is in its way: the service queues such statements. */
export async function queued<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const until = Date.now() + LONGEST_MS;
  for (let pause = SHORTEST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (cause) {
      if (!hasLost(cause) || Date.now() > until) throw cause;
      await later(pause * (0.5 + Math.random()), undefined, { signal });
    }
  }
}

/** What a transaction is told that came second. */
export function aborted(target: RelationId | undefined, transactionId: string): Error {
  const table = target === undefined ? "a table" : `table ${target.dataset}.${target.name}`;
  const message = `Transaction is aborted due to concurrent update against ${table}. Transaction ID: ${transactionId}`;
  return new Error(message);
}
