import { performance } from "node:perf_hooks";
import pLimit from "p-limit";
import { decideAction, staleUpstreamsOf, withMoves } from "../decide/decide-action.js";
import { missingMessage } from "../decide/foreign-reads.js";
import { coverageIn, type ProjectPlan, runningOf, toldDecisions } from "../decide/plan-project.js";
import type { ActionResult } from "../events/events.js";
import type { RunnableAction } from "../graph/action.js";
import type { PartitionDecision } from "../graph/decision.js";
import { traitsOf } from "../graph/reasons.js";
import { readSnapshot, requestsOfReaders, type Snapshot } from "../observe/snapshot.js";
import type { Coverage } from "../plan/coverage.js";
import { partitionsOf } from "../plan/partitions.js";
import { type Partition, WHOLE } from "../port/identity.js";
import type { Transaction, Warehouse } from "../port/port.js";
import {
  type ModelStates,
  onlyUnlessRecorded,
  readModelStates,
  recordingTime,
  recordModelStates,
} from "../state/model-state.js";
import { isLeftOut, notBuilt, result, skipped, skippedFor } from "./action-result.js";
import { GateError } from "./audit.js";
import { BreakerOpenError } from "./breakers.js";
import { type BuildContext, type BuildOutcome, build, buildShape } from "./build.js";
import type { Failures } from "./failures.js";
import { keepUp, purposeOf } from "./keep-up.js";
import { LocatedError } from "./located.js";
import { standingOf } from "./plan-events.js";
import type { QuarantineLog } from "./quarantine.js";
import { RunChanges, relationsOf } from "./run-changes.js";
import { canBeSplit, computeShards, type ShardOptions, type Shards } from "./shards.js";
import { SliceRecords } from "./slice-records.js";
import { WritingTime } from "./writing-time.js";

export interface RunOptions {
  readonly concurrency: number;
  /** Start nothing more after the first failure. */
  readonly failFast: boolean;
  /** How the windows of actions are split among workers; undefined: they are not. */
  readonly shards?: ShardOptions | undefined;
  /** Aborted when the run is to stop: what runs is rolled back, nothing more is begun. */
  readonly signal?: AbortSignal;
}

/** What a run is told of builds beyond its own plan. */
export type RunContext = Omit<BuildContext, "restingOn" | "askedByReaders" | "rightViews"> & {
  readonly failures: Failures;
  readonly quarantine: QuarantineLog;
};

/**
 * Carries a plan out: every action after its dependencies, independent ones concurrently, each in one transaction that
 * decides again with the fingerprints its upstreams really have (early cutoff).
 * @returns one result per action, in the project's order; failures are results, not exceptions
 */
export async function runProject(
  warehouse: Warehouse,
  plan: ProjectPlan,
  context: RunContext,
  options: RunOptions,
): Promise<readonly ActionResult[]> {
  const run = new ProjectRun(warehouse, plan, context, options);
  return run.all();
}

/** Milliseconds between two interruptions of what still runs. */
const INTERRUPT_AGAIN = 50;

class ProjectRun {
  readonly #results = new Map<string, Promise<ActionResult>>();
  readonly #changes: RunChanges;
  /** Partitions that are stale and stay so: nobody builds them, or building them failed. */
  readonly #stale: Map<string, readonly Partition[]>;
  /** By view, what could not be built of that which it reads: whoever reads a view reads that, whether the view itself is asked for or not. */
  readonly #beneathViews = new Map<string, ActionResult>();
  /** Assertions that a model's own transaction has run: what they found, undefined when they passed. */
  readonly #audited = new Map<string, string | undefined>();
  /** Actions that somebody does without when they fail. */
  readonly #dispensable: ReadonlySet<string>;
  /** What the actions make of which something was to run. */
  readonly #runs: ReadonlySet<string>;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #context: BuildContext & RunContext;
  readonly #slices: SliceRecords;
  #failed = false;

  constructor(
    readonly warehouse: Warehouse,
    readonly plan: ProjectPlan,
    context: RunContext,
    readonly options: RunOptions,
  ) {
    this.#limit = pLimit(options.concurrency);
    this.#dispensable = new Set(plan.project.actions.flatMap(({ softDependencies }) => [...softDependencies]));
    this.#changes = new RunChanges(plan.project.actions);
    const runs = plan.project.actions.filter(({ node }) => runningOf(plan.decisions.get(node.key) ?? []).length > 0);
    this.#runs = new Set(runs.flatMap(relationsOf));
    this.#stale = new Map(plan.staleUpstreams);
    const readers = warehouse.capabilities.remembersDigests ? runs : [];
    this.#context = {
      ...context,
      rightViews: new Set(),
      askedByReaders: (key, relations) =>
        requestsOfReaders(key, readers, relations, (reader) => this.#coverageAt(reader)),
      restingOn: (action, partition, outside) => staleUpstreamsOf(action, partition, outside, this.#stale),
    };
    this.#slices = new SliceRecords(warehouse, context, () => this.#isInterrupted);
  }

  async all(): Promise<readonly ActionResult[]> {
    const { signal } = this.options;
    let again: NodeJS.Timeout | undefined;
    const onAbort = () => {
      const interrupt = () => this.warehouse.interrupt?.();
      interrupt();
      // A transaction may have been between two of its queries.
      again = setInterval(interrupt, INTERRUPT_AGAIN);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
    try {
      for (const action of this.plan.project.actions)
        this.#results.set(action.node.key, this.#afterDependencies(action));
      const results = await Promise.all(this.#results.values());
      await this.#slices.end();
      return results;
    } finally {
      clearInterval(again);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  get #isInterrupted(): boolean {
    return this.options.signal?.aborted === true;
  }

  async #afterDependencies(action: RunnableAction): Promise<ActionResult> {
    const results = await Promise.all(action.dependencies.map((key) => this.#results.get(key)));
    if (this.#isInterrupted) return this.#notBegun(action);
    const judged = this.#auditResult(action);
    if (judged !== undefined) {
      const audited = await this.#keepUp(action, judged);
      this.#context.emit({ event: "action_finished", result: audited });
      return audited;
    }
    const culprit = results
      .filter((result) => result !== undefined && !action.softDependencies.has(result.key))
      .map((result) => result && (notBuilt(result) ? result : this.#beneathViews.get(result.key)))
      .find((result) => result !== undefined);
    if (culprit !== undefined && action.node.kind === "view") this.#beneathViews.set(action.node.key, culprit);
    const result =
      culprit !== undefined
        ? this.#blocked(action, `not run: ${culprit.key} ${culprit.status === "failed" ? "failed" : "was blocked"}`)
        : await this.#keepUp(action, await this.#limit(() => this.#run(action)));
    if (this.#isInterrupted) {
      // Nothing is kept of an attempt that somebody has stopped.
      this.#context.emit({ event: "action_finished", result });
      return result;
    }
    if (result.status === "failed" || result.error !== undefined) this.#failed = true;
    if (notBuilt(result)) {
      this.#stale.set(action.node.key, partitionsOf(action.node, this.#coverageOf(action)));
      if (this.#dispensable.has(action.node.key)) await this.#makeReadable(action);
    } else {
      if (action.type === "view" && !isLeftOut(result)) this.#context.rightViews.add(action.node.key);
      await this.#reviseStale(action);
      this.#noteResting(action, result);
    }
    await this.#settleFailures(action, result);
    for (const event of standingOf(this.plan, action, result, this.#stale)) this.#context.emit(event);
    this.#context.emit({ event: "action_finished", result });
    return result;
  }

  async #keepUp(action: RunnableAction, result: ActionResult): Promise<ActionResult> {
    if (this.#isInterrupted) return result;
    const { run, emit } = this.#context;
    return keepUp(this.warehouse, action, result, run.runId, emit);
  }

  /** Runs an action, and asks the engine what it has cost. */
  async #run(action: RunnableAction): Promise<ActionResult> {
    const result = await this.#attempt(action);
    if (result.status !== "skipped") this.#changes.tried(action);
    if (result.startedAt === undefined) return result;
    return { ...result, spent: this.warehouse.spentOn?.({ run: this.#context.run.runId, action: action.node.key }) };
  }

  async #attempt(action: RunnableAction): Promise<ActionResult> {
    const planned = this.#planned(action);
    const leftOut = planned.every(({ reason }) => traitsOf(reason).leftOut);
    const settled = planned.every(({ decision, reason }) => decision === "skip" && !traitsOf(reason).recorded);
    if (leftOut || (settled && !this.#changes.mayHaveMoved(action))) return skipped(action, planned, 0);
    if (this.#isInterrupted) return skipped(action, planned.map(skippedFor("interrupted")), 0);
    if (this.#failed && this.options.failFast)
      return this.#blocked(action, "not run: stopped after a failure (--fail-fast)");
    const cutOff = this.#cutOff(action);
    if (cutOff !== undefined) return skipped(action, cutOff, 0);
    const started = performance.now();
    const startedAt = new Date().toISOString();
    this.#context.emit({
      event: "action_started",
      key: action.node.key,
      type: action.type,
      partitions: planned.length,
    });
    let decisions = planned;
    const onDecided = (revised: readonly PartitionDecision[]) => {
      decisions = revised;
    };
    const writing = new WritingTime();
    const emit = writing.observing(this.#context.emit);
    try {
      const shards = await this.#computeShards(action, planned);
      let attempts = 0;
      const { built, fingerprints } = await this.warehouse.transaction(
        async (transaction) => {
          attempts += 1;
          writing.restart();
          const fingerprints = this.#context.fingerprints.begin();
          // Whoever won against an earlier attempt may have built it.
          const known =
            attempts === 1 ? { states: this.plan.states, run: this.#context.run } : await this.#statesNow(transaction);
          const context = { ...this.#context, fingerprints, emit, ...known };
          const built = await this.#inTransaction(transaction, action, context, onDecided, shards);
          return { built, fingerprints };
        },
        purposeOf(action, this.#context.run.runId),
      );
      fingerprints.commit();
      if (built?.sliced !== undefined) this.#slices.add(built.sliced);
      const counts = built?.counts;
      const writeMs = writing.end();
      const durationMs = performance.now() - started;
      if (!decisions.some(({ decision }) => decision === "run"))
        return skipped(action, decisions, durationMs, startedAt);
      await this.#context.breakers.succeeded(action);
      for (const audit of this.#audits(action)) this.#audited.set(audit.node.key, undefined);
      const changed = built?.isMoved ?? action.node.kind !== "assertion";
      if (changed || action.mayWriteMore) this.#changes.published(action.node.key);
      // What its statements have left of tables that views read, no view was asked about.
      if (action.mayWriteMore || action.writes.length > 0) this.#context.rightViews.clear();
      // Statements around a query do what they do, whatever becomes of its rows.
      for (const key of [...action.createdRoutines, ...action.writes]) this.#changes.published(key);
      const status = changed || counts === undefined ? "success" : "unchanged";
      return result(action, decisions, status, { startedAt, durationMs, writeMs, counts });
    } catch (cause) {
      const durationMs = performance.now() - started;
      const error = messageOf(cause, action);
      if (this.#isInterrupted)
        return result(action, decisions.map(skippedFor("interrupted")), "blocked", {
          startedAt,
          durationMs,
          error: "interrupted; nothing of it was published",
        });
      if (cause instanceof BreakerOpenError)
        return result(action, decisions.map(skippedFor("breaker_open")), "blocked", { startedAt, durationMs, error });
      await this.#context.breakers.failed(action, cause);
      if (!(cause instanceof GateError)) return result(action, decisions, "failed", { startedAt, durationMs, error });
      this.#audited.set(cause.assertion, cause.message);
      const isGuarded = action.node.kind === "model";
      await this.#context.quarantine.keep(cause.assertion, isGuarded ? action.node.key : undefined, cause.found);
      if (!isGuarded) return result(action, decisions, "failed", { startedAt, durationMs, error });
      return result(action, decisions.map(skippedFor("gate_blocked")), "blocked", { startedAt, durationMs, error });
    }
  }

  /** What several workers compute of an action before its own transaction begins; undefined: nobody does. */
  async #computeShards(action: RunnableAction, planned: readonly PartitionDecision[]): Promise<Shards | undefined> {
    const { shards } = this.options;
    const running = runningOf(planned);
    if (shards === undefined || running.length === 0 || !canBeSplit(action)) return undefined;
    return computeShards(this.warehouse, action, running, this.#coverageOf(action), shards, this.#context);
  }

  /** What is kept of failures follows what became of an action. */
  async #settleFailures(action: RunnableAction, result: ActionResult): Promise<void> {
    const { failures, quarantine } = this.#context;
    const { key, kind } = action.node;
    const told = new Set(result.partitions.map(({ partition }) => partition));
    // What others need was to run and, once its upstreams had run, did not have to: nothing else tells of it.
    const settled =
      notBuilt(result) || this.#stale.has(key)
        ? []
        : runningOf(this.#planned(action)).filter((partition) => !told.has(partition));
    const fresh = [...(this.plan.freshUpstreams.get(key) ?? []), ...settled];
    if (await failures.note(action, result, fresh)) this.#changes.published(failures.relation);
    if (kind === "model") await quarantine.settle(action, failures.isBlocked(key));
    else if (!notBuilt(result) && !isLeftOut(result)) await quarantine.settle(action, false);
  }

  #notBegun(action: RunnableAction): ActionResult {
    const result = skipped(action, this.#planned(action).map(skippedFor("interrupted")), 0);
    this.#context.emit({ event: "action_finished", result });
    return result;
  }

  /** The plan takes what runs for changed. Now that it has run, partitions that nobody builds may be fresh after all. */
  async #reviseStale(action: RunnableAction): Promise<void> {
    const { key, upstreams } = action.node;
    const isPending = upstreams.some((upstream) => this.#runs.has(upstream.key));
    if (this.plan.buildsUpstream || !isPending || !this.#stale.has(key)) return;
    const coverage = coverageIn(this.plan.needs, key);
    const asked = this.#askedOf(action);
    const decide = (snapshot: Snapshot) => this.#decide(action, coverage, snapshot, this.plan.states);
    const decided = this.#changes.mayBeDecidedOtherwise(action)
      ? await this.#limit(() =>
          this.warehouse.transaction(async (seen) => decide(await readSnapshot(seen, [action], () => coverage))),
        )
      : decide(this.plan.snapshot);
    const stale = decided.filter(
      ({ partition, decision }) =>
        (!asked.has(partition) && decision === "run") ||
        staleUpstreamsOf(action, partition, coverage.outside, this.#stale).length > 0,
    );
    this.#changes.revised(key);
    if (stale.length === 0) this.#stale.delete(key);
    else
      this.#stale.set(
        key,
        stale.map(({ partition }) => partition),
      );
  }

  /** What rests on stale rows is no fresher than they are; a disabled model waits for nothing. */
  #noteResting(action: RunnableAction, { partitions }: ActionResult): void {
    const { key, disabled } = action.node;
    if (disabled) return;
    const { outside } = this.#coverageOf(action);
    const resting = partitions
      .map(({ partition }) => partition)
      .filter((partition) => staleUpstreamsOf(action, partition, outside, this.#stale).length > 0);
    if (resting.length > 0) this.#stale.set(key, [...new Set([...(this.#stale.get(key) ?? []), ...resting])]);
  }

  /**
   * The plan takes what runs for changed. Where all that was to run before the action has turned out to have nothing to do, the plan's
   * own snapshot tells what a look at the warehouse would.
   * @returns the decisions, if there is nothing to run and nothing to record
   */
  #cutOff(action: RunnableAction): readonly PartitionDecision[] | undefined {
    if (this.#changes.mayBeDecidedOtherwise(action)) return undefined;
    const { snapshot, states } = this.plan;
    const decided = this.#decide(action, this.#coverageOf(action), snapshot, states, this.#isForced(action));
    if (decided.some(({ decision, reason }) => decision === "run" || traitsOf(reason).recorded)) return undefined;
    return toldDecisions(action, this.#shown(action, decided), this.#askedOf(action), this.plan);
  }

  /** Decides by what is known now: nothing runs before the action any more. */
  #decide(
    action: RunnableAction,
    coverage: Coverage,
    snapshot: Snapshot,
    states: ModelStates,
    isForced: (partition: Partition) => boolean = () => false,
  ): readonly PartitionDecision[] {
    return decideAction(action, coverage, {
      states,
      snapshot,
      engineVersion: this.#context.engineVersion,
      isForced,
      pending: new Map(),
      staleUpstreams: this.#stale,
    });
  }

  #isForced(action: RunnableAction): (partition: Partition) => boolean {
    const asked = this.#askedOf(action);
    return (partition) => this.#context.force && asked.has(partition);
  }

  /** What other runs have recorded by now, and a later time for what is recorded of this one. */
  async #statesNow(transaction: Transaction): Promise<Pick<BuildContext, "run"> & { readonly states: ModelStates }> {
    const { stateDataset, run } = this.#context;
    const states = await readModelStates(transaction, stateDataset, undefined);
    return { states, run: { ...run, recordedAt: recordingTime(states, new Date(run.recordedAt)) } };
  }

  /** Nothing is published of partitions that another run has recorded since they were decided; operations are of every run. */
  #refuseOvertaken(
    transaction: Transaction,
    { node }: RunnableAction,
    partitions: readonly Partition[],
    states: ModelStates,
  ): void {
    const { stateDataset, run } = this.#context;
    if (partitions.length > 0 && node.kind !== "operation")
      onlyUnlessRecorded(transaction, stateDataset, run.runId, node.key, partitions, states);
  }

  /** @returns undefined where nothing had to run */
  async #inTransaction(
    transaction: Transaction,
    action: RunnableAction,
    context: BuildContext & { readonly states: ModelStates },
    onDecided: (decisions: readonly PartitionDecision[]) => void,
    shards: Shards | undefined,
  ): Promise<BuildOutcome | undefined> {
    const coverage = this.#coverageOf(action);
    const snapshot = await readSnapshot(transaction, [action], () => coverage);
    const decided = this.#decide(action, coverage, snapshot, context.states, this.#isForced(action));
    const decisions = withMoves(action, this.#shown(action, decided), snapshot, this.plan.recorded, coverage.outside);
    onDecided(toldDecisions(action, decisions, this.#askedOf(action), this.plan));
    const stale = decisions.filter(({ decision }) => decision === "run");
    const recorded = decisions.filter(({ decision, reason }) => decision === "run" || traitsOf(reason).recorded);
    const partitions = recorded.map(({ partition }) => partition);
    this.#refuseOvertaken(transaction, action, partitions, context.states);
    await this.#settleRecords(transaction, action, decisions, context);
    if (stale.length === 0) return undefined;
    this.#refuseMissing(action, snapshot);
    context.breakers.admit(action);
    const states = context.states.get(action.node.key);
    const task = { action, stale, coverage, snapshot, states, audits: this.#audits(action), shards };
    return build(transaction, task, context);
  }

  /** Of the partitions that others need only those are told that run. */
  #shown(action: RunnableAction, decided: readonly PartitionDecision[]): readonly PartitionDecision[] {
    const { neededBy } = this.plan.needs.get(action.node.key) ?? {};
    if (neededBy === undefined) return decided;
    const isAsked = this.#askedOf(action);
    return decided.flatMap((decision) => {
      if (isAsked.has(decision.partition)) return [decision];
      return decision.decision === "run" ? [{ ...decision, neededBy }] : [];
    });
  }

  #refuseMissing(action: RunnableAction, { relations }: Snapshot): void {
    const missing = this.plan.missing.find(
      ({ key, readers }) => readers.includes(action.node.key) && !relations.has(key),
    );
    if (missing !== undefined) throw new LocatedError(`${action.fileName}: ${missingMessage(missing)}`);
  }

  /** Records what a skip found out: the new code hash of a cosmetic edit, and that a build rests on nothing stale any more. */
  async #settleRecords(
    transaction: Transaction,
    action: RunnableAction,
    decisions: readonly PartitionDecision[],
    { states, run, stateDataset }: BuildContext & { readonly states: ModelStates },
  ): Promise<void> {
    const { key, codeHash } = action.node;
    const rows = decisions.flatMap(({ partition, reason }) => {
      const state = states.get(key)?.get(partition);
      if (!traitsOf(reason).recorded || state === undefined) return [];
      return [{ ...state, codeHash, restingOn: [], model: key, partition }];
    });
    await recordModelStates(transaction, stateDataset, run, rows);
  }

  /** Whoever does without the rows of an action needs its table all the same; without one he will say so himself. */
  async #makeReadable(action: RunnableAction): Promise<void> {
    if (action.node.kind !== "model") return;
    const shape = (like: string | undefined) =>
      this.#limit(() =>
        this.warehouse.transaction((transaction) => {
          const partitions = partitionsOf(action.node, this.#coverageOf(action));
          this.#refuseOvertaken(transaction, action, partitions, this.plan.states);
          return buildShape(transaction, action, this.#context, like);
        }),
      );
    await shape(undefined)
      .catch(() => (action.columnsLike === undefined ? undefined : shape(action.columnsLike)))
      .catch(() => undefined);
  }

  /** The result of an assertion that ran in its model's transaction: its own decision, whatever made the model run. */
  #auditResult(action: RunnableAction): ActionResult | undefined {
    const { key } = action.node;
    if (!this.#audited.has(key)) return undefined;
    const error = this.#audited.get(key);
    const planned = this.#planned(action);
    const isPlanned = planned.some(({ decision }) => decision === "run");
    const decisions: readonly PartitionDecision[] = isPlanned
      ? planned
      : [{ partition: WHOLE, decision: "run", reason: "inputs_changed" }];
    return result(
      action,
      decisions,
      error === undefined ? "success" : "failed",
      error === undefined ? { durationMs: 0 } : { durationMs: 0, error },
    );
  }

  #audits({ node }: RunnableAction): readonly RunnableAction[] {
    return this.plan.project.audits.get(node.key) ?? [];
  }

  #coverageOf({ node }: RunnableAction): Coverage {
    return this.#coverageAt(node.key);
  }

  #coverageAt(key: string): Coverage {
    const needs = this.plan.needs.get(key);
    return this.plan.buildsUpstream || needs === undefined ? coverageIn(this.plan.needs, key) : needs.asked;
  }

  /** The partitions that were asked for, not only needed. */
  #askedOf({ node }: RunnableAction): ReadonlySet<Partition> {
    const isSelected = this.plan.selected === undefined || this.plan.selected.has(node.key);
    const asked = this.plan.needs.get(node.key)?.asked;
    return new Set(isSelected && asked !== undefined ? partitionsOf(node, asked) : []);
  }

  #planned(action: RunnableAction): readonly PartitionDecision[] {
    return this.plan.decisions.get(action.node.key) ?? [];
  }

  #blocked(action: RunnableAction, error: string): ActionResult {
    const decisions = this.#planned(action).map((decision) =>
      traitsOf(decision.reason).leftOut
        ? decision
        : { partition: decision.partition, decision: "skip" as const, reason: "upstream_failed" as const },
    );
    const leftOut = decisions.every(({ reason }) => traitsOf(reason).leftOut);
    return leftOut ? skipped(action, decisions, 0) : result(action, decisions, "blocked", { durationMs: 0, error });
  }
}

function messageOf(cause: unknown, action: RunnableAction): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return cause instanceof GateError || cause instanceof LocatedError ? message : `${action.fileName}: ${message}`;
}
