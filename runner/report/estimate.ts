import type { ActionResult } from "../events/events.js";
import { traitsOf } from "../graph/reasons.js";

/** Milliseconds that the last build of each action took, by key. */
export type LastDurations = ReadonlyMap<string, number>;

/** Milliseconds that actions will take one after the other; undefined: for more than half of them nobody knows. */
export function estimateOf(
  actions: readonly Pick<ActionResult, "key">[],
  durations: LastDurations,
): number | undefined {
  const known = actions.flatMap(({ key }) => durations.get(key) ?? []);
  if (known.length === 0 || known.length * 2 < actions.length) return undefined;
  const sum = known.reduce((all, one) => all + one, 0);
  return (sum * actions.length) / known.length;
}

/** Milliseconds that the last builds of what was skipped took; what nobody asked for saves nothing. */
export function savedBySkips(
  actions: readonly Pick<ActionResult, "key" | "partitions">[],
  durations: LastDurations,
): number {
  const saving = actions.filter(({ partitions }) =>
    partitions.some(({ decision, reason }) => decision === "skip" && !traitsOf(reason).leftOut),
  );
  return saving.reduce((sum, { key }) => sum + (durations.get(key) ?? 0), 0);
}

/** How far a run is, and how long it may still take, from what it has done so far. */
export class RunEstimate {
  readonly #weights: ReadonlyMap<string, number>;
  readonly #mean: number;
  #left: number;
  #done = 0;

  /** @param keys what is to run */
  constructor(keys: readonly string[], durations: LastDurations) {
    this.#weights = new Map(keys.flatMap((key) => (durations.has(key) ? [[key, durations.get(key) ?? 0]] : [])));
    const known = [...this.#weights.values()];
    this.#mean = known.length === 0 ? 1 : known.reduce((sum, one) => sum + one, 0) / known.length;
    this.#left = keys.reduce((sum, key) => sum + this.#weightOf(key), 0);
  }

  /** An action that was to run has ended. */
  ended(key: string): void {
    this.#done += this.#weightOf(key);
    this.#left = Math.max(0, this.#left - this.#weightOf(key));
  }

  /** Milliseconds from now; undefined as long as it would be a guess. */
  remaining(elapsed: number): number | undefined {
    const share = this.#done / (this.#done + this.#left);
    return elapsed < 1000 || !(share > 0.02) ? undefined : (elapsed * (1 - share)) / share;
  }

  #weightOf(key: string): number {
    return this.#weights.get(key) ?? this.#mean;
  }
}
