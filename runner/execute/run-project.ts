import { performance } from "node:perf_hooks";
import pLimit from "p-limit";
import pRetry from "p-retry";
import { decideAction, type ProjectPlan, withMoves } from "../decide/plan-project.js";
import type { ActionResult, EventListener } from "../events/events.js";
import type { RunnableAction } from "../graph/action.js";
import { auditsByHost } from "../graph/audits.js";
import type { PartitionDecision } from "../graph/decision.js";
import { readSnapshot } from "../observe/snapshot.js";
import { EngineError } from "../port/engine-error.js";
import { WHOLE } from "../port/identity.js";
import type { PublishCounts, Transaction, Warehouse } from "../port/port.js";
import { recordModelStates } from "../state/model-state.js";
import { BreakerOpenError } from "./breakers.js";
import { type BuildContext, build, buildShape, GateError } from "./build.js";
import { LocatedError } from "./located.js";

export interface RunOptions {
  readonly concurrency: number;
  /** Start nothing more after the first failure. */
  readonly failFast: boolean;
  readonly force: boolean;
  readonly emit: EventListener;
}

/**
 * Carries a plan out: every action after its dependencies, independent ones concurrently, each in one transaction that
 * decides again with the fingerprints its upstreams really have (early cutoff).
 * @returns one result per action, in the project's order; failures are results, not exceptions
 */
export async function runProject(
  warehouse: Warehouse,
  plan: ProjectPlan,
  context: BuildContext,
  options: RunOptions,
): Promise<readonly ActionResult[]> {
  const run = new ProjectRun(warehouse, plan, context, options);
  return run.all();
}

class ProjectRun {
  readonly #results = new Map<string, Promise<ActionResult>>();
  /** Actions whose output this run has changed. */
  readonly #published = new Set<string>();
  readonly #audits: ReadonlyMap<string, readonly RunnableAction[]>;
  /** Assertions that a model's own transaction has run: what they found, undefined when they passed. */
  readonly #audited = new Map<string, string | undefined>();
  /** Actions that others do without when they fail. */
  readonly #dispensable: ReadonlySet<string>;
  readonly #limit: ReturnType<typeof pLimit>;
  #failed = false;

  constructor(
    readonly warehouse: Warehouse,
    readonly plan: ProjectPlan,
    readonly context: BuildContext,
    readonly options: RunOptions,
  ) {
    this.#limit = pLimit(options.concurrency);
    this.#audits = auditsByHost(plan.project);
    this.#dispensable = new Set(plan.project.actions.flatMap(({ softDependencies }) => [...softDependencies]));
  }

  async all(): Promise<readonly ActionResult[]> {
    for (const action of this.plan.project.actions) this.#results.set(action.node.key, this.#afterDependencies(action));
    return Promise.all(this.#results.values());
  }

  async #afterDependencies(action: RunnableAction): Promise<ActionResult> {
    const results = await Promise.all(action.dependencies.map((key) => this.#results.get(key)));
    const audited = this.#auditResult(action);
    if (audited !== undefined) {
      this.options.emit({ event: "action_finished", result: audited });
      return audited;
    }
    const culprit = results.find(
      (result) => result !== undefined && notBuilt(result) && !action.softDependencies.has(result.key),
    );
    const result =
      culprit !== undefined
        ? this.#blocked(action, `not run: ${culprit.key} ${culprit.status === "failed" ? "failed" : "was blocked"}`)
        : await this.#limit(() => this.#run(action));
    if (result.status === "failed" || result.error !== undefined) this.#failed = true;
    if (notBuilt(result) && this.#dispensable.has(action.node.key)) await this.#makeReadable(action);
    this.options.emit({ event: "action_finished", result });
    return result;
  }

  async #run(action: RunnableAction): Promise<ActionResult> {
    const planned = this.#planned(action);
    const mayHaveMoved = action.node.upstreams.some(({ key }) => this.#published.has(key));
    const leftOut = planned.every(({ reason }) => isLeftOut(reason));
    const settled = planned.every(({ decision, reason }) => decision === "skip" && reason !== "cosmetic");
    if (leftOut || (settled && !mayHaveMoved)) return skipped(action, planned, 0);
    if (this.#failed && this.options.failFast)
      return this.#blocked(action, "not run: stopped after a failure (--fail-fast)");
    const started = performance.now();
    this.options.emit({ event: "action_started", key: action.node.key, type: action.type, partitions: planned.length });
    let decisions = planned;
    const onDecided = (revised: readonly PartitionDecision[]) => {
      decisions = revised;
    };
    try {
      const counts = await retryConflicts(async () => {
        const fingerprints = this.context.fingerprints.begin();
        const context = { ...this.context, fingerprints };
        const published = await this.warehouse.transaction((transaction) =>
          this.#inTransaction(transaction, action, context, onDecided),
        );
        fingerprints.commit();
        return published;
      });
      const durationMs = performance.now() - started;
      if (!decisions.some(({ decision }) => decision === "run")) return skipped(action, decisions, durationMs);
      await this.context.breakers.succeeded(action);
      for (const audit of this.#audits.get(action.node.key) ?? []) this.#audited.set(audit.node.key, undefined);
      const changed = counts === undefined ? action.node.kind !== "assertion" : touched(counts);
      if (changed) for (const key of [action.node.key, ...action.createdRoutines]) this.#published.add(key);
      const status = changed || counts === undefined ? "success" : "unchanged";
      return result(action, decisions, status, { durationMs, counts });
    } catch (cause) {
      const durationMs = performance.now() - started;
      if (cause instanceof BreakerOpenError)
        return result(action, decisions.map(refused), "blocked", { durationMs, error: cause.message });
      await this.context.breakers.failed(action, cause);
      if (cause instanceof GateError) this.#audited.set(cause.assertion, cause.message);
      const status = cause instanceof GateError && action.node.kind === "model" ? "blocked" : "failed";
      return result(action, decisions, status, { durationMs, error: messageOf(cause, action) });
    }
  }

  /** @returns what was published; undefined for what publishes no rows and where nothing had to run */
  async #inTransaction(
    transaction: Transaction,
    action: RunnableAction,
    context: BuildContext,
    onDecided: (decisions: readonly PartitionDecision[]) => void,
  ): Promise<PublishCounts | undefined> {
    const snapshot = await readSnapshot(transaction, [action], this.plan.window);
    const { states, window } = this.plan;
    const decided = decideAction(action, { window, states, snapshot, force: this.options.force, pending: new Map() });
    const decisions = withMoves(action, decided, snapshot, this.plan.recorded);
    onDecided(decisions);
    const stale = decisions.filter(({ decision }) => decision === "run");
    await this.#settleCosmetic(transaction, action, decisions);
    if (stale.length === 0) return undefined;
    this.context.breakers.admit(action);
    return build(transaction, action, stale, snapshot, this.#audits.get(action.node.key) ?? [], context);
  }

  /** Records the new code hash of what a cosmetic edit left as it was, so that the next run says `unchanged`. */
  async #settleCosmetic(
    transaction: Transaction,
    action: RunnableAction,
    decisions: readonly PartitionDecision[],
  ): Promise<void> {
    const { key, codeHash } = action.node;
    const rows = decisions.flatMap(({ partition, reason }) => {
      const state = this.plan.states.get(key)?.get(partition);
      return reason === "cosmetic" && state !== undefined ? [{ ...state, codeHash, model: key, partition }] : [];
    });
    await recordModelStates(transaction, this.context.stateDataset, this.context.run, rows);
  }

  /** Whoever does without the rows of an action needs its table all the same; without one he will say so himself. */
  async #makeReadable(action: RunnableAction): Promise<void> {
    if (action.node.kind !== "model") return;
    const shape = (like: string | undefined) =>
      this.#limit(() =>
        retryConflicts(() =>
          this.warehouse.transaction((transaction) => buildShape(transaction, action, this.context, like)),
        ),
      );
    await shape(undefined)
      .catch(() => (action.columnsLike === undefined ? undefined : shape(action.columnsLike)))
      .catch(() => undefined);
  }

  #auditResult(action: RunnableAction): ActionResult | undefined {
    const { key } = action.node;
    if (!this.#audited.has(key)) return undefined;
    const error = this.#audited.get(key);
    const decisions: readonly PartitionDecision[] = [{ partition: WHOLE, decision: "run", reason: "inputs_changed" }];
    return result(
      action,
      decisions,
      error === undefined ? "success" : "failed",
      error === undefined ? { durationMs: 0 } : { durationMs: 0, error },
    );
  }

  #planned(action: RunnableAction): readonly PartitionDecision[] {
    return this.plan.decisions.get(action.node.key) ?? [];
  }

  #blocked(action: RunnableAction, error: string): ActionResult {
    const decisions = this.#planned(action).map(
      ({ partition, decision, reason }): PartitionDecision =>
        decision === "skip" && isLeftOut(reason)
          ? { partition, decision, reason }
          : { partition, decision: "skip", reason: "upstream_failed" },
    );
    const leftOut = decisions.every(({ reason }) => isLeftOut(reason));
    return leftOut ? skipped(action, decisions, 0) : result(action, decisions, "blocked", { durationMs: 0, error });
  }
}

function refused({ partition, decision, reason }: PartitionDecision): PartitionDecision {
  return decision === "run" ? { partition, decision: "skip", reason: "breaker_open" } : { partition, decision, reason };
}

/** Runs a transaction again that lost against a concurrent one: a rolled back transaction has left nothing behind. */
async function retryConflicts<T>(transaction: () => Promise<T>): Promise<T> {
  return pRetry(transaction, {
    retries: 5,
    minTimeout: 20,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof EngineError && error.code === "conflict",
  });
}

/** Whether nothing that happens in the run can make this partition run. */
function isLeftOut(reason: PartitionDecision["reason"]): boolean {
  return reason === "not_selected" || reason === "disabled";
}

function skipped(action: RunnableAction, decisions: readonly PartitionDecision[], durationMs: number): ActionResult {
  return result(action, decisions, "skipped", { durationMs });
}

function result(
  action: RunnableAction,
  partitions: readonly PartitionDecision[],
  status: ActionResult["status"],
  rest: { readonly durationMs: number; readonly counts?: PublishCounts | undefined; readonly error?: string },
): ActionResult {
  return {
    key: action.node.key,
    type: action.type,
    partitions,
    status,
    counts: rest.counts,
    durationMs: rest.durationMs,
    error: rest.error,
  };
}

function notBuilt({ status }: ActionResult): boolean {
  return status === "failed" || status === "blocked";
}

function touched(counts: PublishCounts): boolean {
  return counts.inserted + counts.updated + counts.refreshed + counts.deleted > 0;
}

function messageOf(cause: unknown, action: RunnableAction): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return cause instanceof GateError || cause instanceof LocatedError ? message : `${action.fileName}: ${message}`;
}
