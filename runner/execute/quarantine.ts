import type { EventListener } from "../events/events.js";
import type { RunnableAction } from "../graph/action.js";
import type { QueryResult, SqlValue, Warehouse } from "../port/port.js";
import { assertionsInQuarantine, quarantine, quarantineQuery, release } from "../state/quarantine.js";

/** Rows that are kept of one failed assertion; the number of all of them is kept too. */
export const MOST_QUARANTINED = 1000;

/** What an assertion found. */
export interface FoundRows {
  readonly result: QueryResult;
  /** How many rows there are; the result may hold fewer. */
  readonly total: number;
}

/**
 * The rows that failed assertions found: kept when the transaction that they were found in is gone, released when the assertion finds
 * nothing any more. What cannot be written is told and fails nothing.
 */
export class QuarantineLog {
  readonly #standing: Set<string>;

  private constructor(
    readonly warehouse: Warehouse,
    readonly dataset: string,
    readonly runId: string,
    standing: ReadonlySet<string>,
    readonly emit: EventListener,
  ) {
    this.#standing = new Set(standing);
  }

  static async open(warehouse: Warehouse, dataset: string, runId: string, emit: EventListener): Promise<QuarantineLog> {
    const standing = await warehouse.observe((seen) => assertionsInQuarantine(seen, dataset));
    return new QuarantineLog(warehouse, dataset, runId, standing, emit);
  }

  /** Keeps what an assertion found; `model` was not published for it. */
  async keep(assertion: string, model: string | undefined, found: FoundRows): Promise<void> {
    const { result, total } = found;
    const rows = result.rows.map((row) => rowJson(result, row));
    const at = new Date().toISOString();
    const kept = { assertion, model, runId: this.runId, rows, found: total, at };
    const isKept = await this.#write(assertion, (transaction) => quarantine(transaction, this.dataset, kept));
    if (!isKept) return;
    this.#standing.add(assertion);
    const query = quarantineQuery(this.dataset, assertion);
    this.emit({ event: "rows_quarantined", key: assertion, model, rows: total, kept: rows.length, query });
  }

  /** The assertions found nothing. */
  async passed(assertions: readonly RunnableAction[]): Promise<void> {
    for (const { node } of assertions) {
      if (!this.#standing.has(node.key)) continue;
      const at = new Date().toISOString();
      const isWritten = await this.#write(node.key, (transaction) => release(transaction, this.dataset, node.key, at));
      if (isWritten) this.#standing.delete(node.key);
    }
  }

  async #write(key: string, work: Parameters<Warehouse["transaction"]>[0]): Promise<boolean> {
    try {
      await this.warehouse.transaction(work);
      return true;
    } catch (cause) {
      this.emit({ event: "failures_unwritable", key, message: cause instanceof Error ? cause.message : String(cause) });
      return false;
    }
  }
}

function rowJson({ columns }: QueryResult, row: readonly SqlValue[]): string {
  const named = Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]));
  return JSON.stringify(named, (_key, value: unknown) => {
    if (typeof value === "bigint") return value.toString();
    if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
    return value;
  });
}
