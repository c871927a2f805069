import type { Transaction, Warehouse } from "../port/port.js";

/** Ends a transaction without an error. */
class Finished<T> extends Error {
  override readonly name = "Finished";
  constructor(readonly result: T) {
    super("the transaction is rolled back");
  }
}

const REHEARSAL = { run: "rehearsal", action: "rehearsal", rehearsal: true } as const;

/** What `work` finds out in a transaction of which nothing stays. */
export async function rolledBack<T>(warehouse: Warehouse, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  try {
    return await warehouse.transaction(async (transaction) => {
      throw new Finished(await work(transaction));
    }, REHEARSAL);
  } catch (cause) {
    if (cause instanceof Finished) return cause.result as T;
    throw cause;
  }
}
