import type { ActionResult, EventListener } from "../events/events.js";
import type { RunnableAction } from "../graph/action.js";
import type { Reason } from "../graph/reasons.js";
import { traitsOf } from "../graph/reasons.js";
import type { Warehouse } from "../port/port.js";
import { type FailureCategory, MODEL_FAILURES, readFailures, replaceFailures } from "../state/model-failures.js";

/**
 * Which partitions of which models stand failed, and why: kept in a transaction of its own, because a failed attempt has none. What
 * cannot be written is told and fails nothing.
 */
export class Failures {
  /** Failed partitions by model. */
  readonly #standing = new Map<string, Set<string>>();
  /** The relation that they are kept in, `dataset.name`. */
  readonly relation: string;

  private constructor(
    readonly warehouse: Warehouse,
    readonly dataset: string,
    readonly runId: string,
    readonly emit: EventListener,
  ) {
    this.relation = `${dataset}.${MODEL_FAILURES.name}`;
  }

  static async open(warehouse: Warehouse, dataset: string, runId: string, emit: EventListener): Promise<Failures> {
    const failures = new Failures(warehouse, dataset, runId, emit);
    for (const { model, partition } of await warehouse.observe((seen) => readFailures(seen, dataset)))
      failures.#of(model).add(partition);
    return failures;
  }

  /**
   * Keeps what became of a model.
   * @returns whether anything that is kept has changed
   */
  async note(action: RunnableAction, result: ActionResult): Promise<boolean> {
    if (action.node.kind !== "model") return false;
    const { key } = action.node;
    const standing = this.#of(key);
    const isWrong = result.status === "failed" || result.status === "blocked";
    const judged = result.partitions.filter(({ reason }) => !traitsOf(reason).leftOut);
    const failed = isWrong ? judged.filter(({ decision, reason }) => decision === "run" || reason in CATEGORIES) : [];
    const settled = isWrong ? [] : judged.filter(({ partition }) => standing.has(partition));
    if (failed.length + settled.length === 0) return false;
    const failedAt = new Date().toISOString();
    const rows = failed.map(({ partition, reason }) => {
      const category = CATEGORIES[reason] ?? "PROCESSING_ERROR";
      const canRetry = category !== "PROCESSING_ERROR";
      return {
        model: key,
        partition,
        category,
        reason: result.error ?? category,
        canRetry,
        runId: this.runId,
        failedAt,
      };
    });
    const gone = [...settled, ...failed].map(({ partition }) => partition).filter((name) => standing.has(name));
    try {
      await this.warehouse.transaction((transaction) => replaceFailures(transaction, this.dataset, key, gone, rows));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      this.emit({ event: "failures_unwritable", key, message });
      return false;
    }
    for (const { partition } of settled) standing.delete(partition);
    for (const { partition } of failed) standing.add(partition);
    return true;
  }

  #of(model: string): Set<string> {
    const found = this.#standing.get(model);
    if (found !== undefined) return found;
    const made = new Set<string>();
    this.#standing.set(model, made);
    return made;
  }
}

/** What a partition that was taken back is counted as; one that was tried and failed is a processing error. */
const CATEGORIES: Partial<Record<Reason, FailureCategory>> = {
  upstream_failed: "MISSING_DEPENDENCY",
  gate_blocked: "MINIMUM_THRESHOLD_NOT_MET",
  breaker_open: "CIRCUIT_BREAKER_ACTIVE",
};
