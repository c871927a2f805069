import { setTimeout as later } from "node:timers/promises";

/** Tells the time, and waits. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** @throws the signal's reason when it is given up */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** What a job or call does to tables, by their keys. */
export interface Touched {
  /** Tables that it makes, alters or describes; one that comes twice counts twice. */
  readonly defines?: readonly string[] | undefined;
  /** Tables of which it updates, deletes or merges rows. */
  readonly mutates?: readonly string[] | undefined;
}

/** One that was made, or is being made: nobody knows when the service has counted it before it has ended. */
interface Definition {
  at: number;
}

/** So many in so many milliseconds. */
interface Rate {
  readonly most: number;
  readonly within: number;
}

/** Definitions of one table. https://cloud.google.com/bigquery/quotas#standard_tables */
const DEFINITIONS: readonly Rate[] = [
  { most: 5, within: 10_000 },
  { most: 1500, within: 86_400_000 },
];
const LONGEST = Math.max(...DEFINITIONS.map(({ within }) => within));
/** Mutating statements that run at once on one table; of more, the service takes 20 into a queue, and fails those behind. */
const MOST_MUTATIONS = 2;

const THIS_MACHINE: Clock = {
  now: () => performance.now(),
  wait: async (milliseconds, signal) => later(milliseconds, undefined, { signal }),
};

/**
 * Holds back what the service would refuse because too much is done to one table, until it would not. Other processes are not seen: what
 * the service refuses for them is tried again.
 */
export class Quotas {
  readonly #defined = new Map<string, Definition[]>();
  readonly #mutating = new Map<string, number>();
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly signal: AbortSignal,
    readonly clock: Clock = THIS_MACHINE,
  ) {}

  /** Waits for its turn, does the work, and lets the next one go. */
  async hold<T>({ defines = [], mutates = [] }: Touched, work: () => Promise<T>): Promise<T> {
    const defined: Definition[] = [];
    for (const table of defines) defined.push(await this.#define(table));
    const mutated = [...new Set(mutates)].sort();
    // All in the same order, so that nobody waits for somebody who waits for him.
    for (const table of mutated) await this.#beginMutation(table);
    try {
      return await work();
    } finally {
      for (const definition of defined) definition.at = this.clock.now();
      for (const table of mutated) this.#mutating.set(table, (this.#mutating.get(table) ?? 1) - 1);
      for (const wake of this.#waiting) wake();
    }
  }

  async #define(table: string): Promise<Definition> {
    for (;;) {
      const now = this.clock.now();
      const before = (this.#defined.get(table) ?? []).filter(({ at }) => at > now - LONGEST);
      this.#defined.set(table, before);
      const times = before.map(({ at }) => at).sort((a, b) => a - b);
      const pause = Math.max(0, ...DEFINITIONS.map((rate) => pauseOf(rate, times, now)));
      if (pause === 0) {
        const definition = { at: now };
        before.push(definition);
        return definition;
      }
      await this.clock.wait(pause, this.signal);
    }
  }

  async #beginMutation(table: string): Promise<void> {
    while ((this.#mutating.get(table) ?? 0) >= MOST_MUTATIONS) {
      await new Promise<void>((wake) => {
        const once = () => {
          this.#waiting.delete(once);
          wake();
        };
        this.#waiting.add(once);
      });
      this.signal.throwIfAborted();
    }
    this.#mutating.set(table, (this.#mutating.get(table) ?? 0) + 1);
  }
}

/** Milliseconds until one more fits. */
function pauseOf({ most, within }: Rate, times: readonly number[], now: number): number {
  const oldest = times.at(-most);
  return oldest === undefined ? 0 : Math.max(0, oldest + within - now);
}
