import type { EventListener } from "../events/events.js";
import { shellWord } from "../events/shell-word.js";
import type { RunnableAction } from "../graph/action.js";
import type { BreakerSettings } from "../graph/breaker-settings.js";
import { afterFailure, afterSuccess, type Breaker, CLOSED, refusedUntil, remembersTrouble } from "../plan/breaker.js";
import { EngineError } from "../port/engine-error.js";
import type { Warehouse } from "../port/port.js";
import { changesBetween, recordBreakerEvents } from "../state/breaker-events.js";
import { readBreakers, type StoredBreaker, writeBreaker } from "../state/breaker-state.js";

/** What is kept of an error. */
export const LONGEST_MESSAGE = 500;

/** An open breaker refused an attempt. */
export class BreakerOpenError extends Error {
  override readonly name = "BreakerOpenError";
}

/**
 * The circuit breakers of one run, each model's under `dataset.name`. They are kept in a transaction of their own, because a failed
 * attempt has none. What cannot be read counts as closed, and what cannot be written is only told.
 */
export class Breakers {
  readonly #stored: Map<string, StoredBreaker>;

  private constructor(
    readonly warehouse: Warehouse,
    readonly dataset: string,
    readonly runId: string,
    stored: ReadonlyMap<string, StoredBreaker>,
    readonly emit: EventListener,
  ) {
    this.#stored = new Map(stored);
  }

  /** Reads them once; nothing is read when none of the actions has one. */
  static async open(
    warehouse: Warehouse,
    dataset: string,
    runId: string,
    actions: readonly RunnableAction[],
    emit: EventListener,
  ): Promise<Breakers> {
    if (actions.every(({ breaker }) => breaker === undefined))
      return new Breakers(warehouse, dataset, runId, new Map(), emit);
    try {
      const stored = await warehouse.observe((observation) => readBreakers(observation, dataset));
      return new Breakers(warehouse, dataset, runId, stored, emit);
    } catch (cause) {
      emit({ event: "circuits_unreadable", message: messageOf(cause) });
      return new Breakers(warehouse, dataset, runId, new Map(), emit);
    }
  }

  /** @throws BreakerOpenError when the action's breaker is open */
  admit(action: RunnableAction): void {
    if (action.breaker === undefined) return;
    const breaker = this.#of(action);
    const until = refusedUntil(breaker, action.breaker, now());
    if (until === undefined) return;
    throw new BreakerOpenError(refusal(action.node.key, breaker, until));
  }

  async succeeded(action: RunnableAction): Promise<void> {
    if (action.breaker === undefined || !remembersTrouble(this.#of(action))) return;
    const before = this.#of(action);
    const after = afterSuccess(before, action.breaker, now());
    if (after.state === "CLOSED" && before.state !== "CLOSED")
      this.emit({ event: "circuit_closed", key: action.node.key });
    await this.#write(action, action.breaker, after);
  }

  async failed(action: RunnableAction, cause: unknown): Promise<void> {
    if (action.breaker === undefined) return;
    const type = cause instanceof EngineError ? cause.code : cause instanceof Error ? cause.name : "unknown";
    const failure = { failedAt: now(), message: messageOf(cause).slice(0, LONGEST_MESSAGE), type };
    const after = afterFailure(this.#of(action), action.breaker, failure);
    if (after.state === "OPEN")
      this.emit({ event: "circuit_opened", key: action.node.key, failures: after.failureCount });
    await this.#write(action, action.breaker, after);
  }

  #of({ node }: RunnableAction): Breaker {
    return this.#stored.get(node.key)?.breaker ?? CLOSED;
  }

  async #write({ node }: RunnableAction, settings: BreakerSettings, breaker: Breaker): Promise<void> {
    const before = this.#stored.get(node.key)?.breaker ?? CLOSED;
    const row = { name: node.key, breaker, settings, updatedAt: now() };
    const changes = changesBetween(row.name, before, breaker, row.updatedAt, this.runId);
    this.#stored.set(row.name, row);
    try {
      await this.warehouse.transaction(async (transaction) => {
        await writeBreaker(transaction, this.dataset, row);
        await recordBreakerEvents(transaction, this.dataset, changes);
      });
    } catch (cause) {
      this.emit({ event: "circuit_unwritable", key: node.key, message: messageOf(cause) });
    }
  }
}

/** Why an attempt is refused, and what to do about it. */
export function refusal(name: string, breaker: Breaker, until: string): string {
  const last = breaker.history.at(-1)?.message;
  return (
    `circuit open after ${breaker.failureCount} ${breaker.failureCount === 1 ? "failure" : "failures"} in a row, next attempt after ${until}` +
    ` (or: fastbreak breaker reset ${shellWord(name)})${last === undefined ? "" : `; last: ${last}`}`
  );
}

function now(): string {
  return new Date().toISOString();
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
