import { staleUpstreamsOf } from "../decide/decide-action.js";
import { coverageIn, type ProjectPlan, runningOf } from "../decide/plan-project.js";
import type { ActionResult, RunEvent } from "../events/events.js";
import { isOutside } from "../events/found-rows.js";
import type { RunnableAction } from "../graph/action.js";
import type { PartitionDecision } from "../graph/decision.js";
import { traitsOf } from "../graph/reasons.js";
import { type Partition, WHOLE } from "../port/identity.js";
import { THIS_PROCESS } from "../state/this-process.js";

/** Which run it is. */
export interface RunIdentity {
  readonly runId: string;
  readonly command: string;
  readonly startedAt: Date;
  /** The manifest when this run compiled it: it is kept with the state. */
  readonly compiledManifest: { readonly inputsDigest: string } | undefined;
}

/** The event with which a run begins. */
export function runStarted(plan: ProjectPlan, target: string, run: RunIdentity): RunEvent {
  return {
    event: "run_started",
    runId: run.runId,
    command: run.command,
    startedAt: run.startedAt.toISOString(),
    target,
    window: plan.window,
    actions: plan.project.actions.length,
    compiled: run.compiledManifest !== undefined,
    process: THIS_PROCESS,
  };
}

/** The event of a run that was stopped. */
export function runInterrupted(signal: string, results: readonly ActionResult[]): RunEvent {
  const isStopped = ({ partitions }: ActionResult) => partitions.some(({ reason }) => reason === "interrupted");
  const number = (test: (result: ActionResult) => boolean) => results.filter(test).length;
  return {
    event: "run_interrupted",
    signal,
    published: number(({ status }) => status === "success" || status === "unchanged"),
    rolledBack: number((result) => isStopped(result) && result.status === "blocked"),
    notBegun: number((result) => isStopped(result) && result.status === "skipped"),
  };
}

/** The event with which it ends. */
export function runFinished(startedAt: Date): RunEvent {
  const finished = new Date();
  return {
    event: "run_finished",
    finishedAt: finished.toISOString(),
    durationMs: finished.getTime() - startedAt.getTime(),
  };
}

/** What a plan should tell though it stops nothing. */
export function notesOf({ project, undeclared, missing, unpartitioned, leftStale }: ProjectPlan): RunEvent[] {
  const absent = missing.filter(({ isAssertion }) => !isAssertion);
  const { leftOut = [] } = project;
  return [
    ...(leftOut.length === 0 ? [] : [{ event: "left_out" as const, actions: leftOut }]),
    ...undeclared.map(({ reader, table }): RunEvent => ({ event: "undeclared_read", reader, table })),
    ...(absent.length === 0
      ? []
      : [
          {
            event: "sources_missing" as const,
            sources: absent.map(({ key, declared, readers }) => ({ table: key, declared, readers })),
          },
        ]),
    ...unpartitioned.map((source): RunEvent => ({ event: "partition_lost", ...source })),
    ...(leftStale.length === 0 ? [] : [{ event: "left_stale" as const, actions: leftStale }]),
  ];
}

/**
 * What a result must not hide: rows that an assertion found when it was last asked, of the dates that the run is about, and stale rows
 * beneath.
 * @param stale partitions that are stale and stay so, by relation
 */
export function standingOf(
  plan: ProjectPlan,
  action: RunnableAction,
  { partitions, status }: Pick<ActionResult, "partitions" | "status">,
  stale: ReadonlyMap<string, readonly Partition[]>,
): RunEvent[] {
  if (status === "failed" || status === "blocked") return [];
  const { key } = action.node;
  const events: RunEvent[] = [];
  const isLeftOut = partitions.every(({ reason }) => traitsOf(reason).leftOut);
  const example = plan.states.get(key)?.get(WHOLE)?.verdict;
  if (status === "skipped" && !isLeftOut && example !== undefined && !isOutside(example, plan.askedWindow))
    events.push({ event: "assertion_found_rows", key, example, standing: true });
  const { outside } = coverageIn(plan.needs, key);
  const upstreams = partitions
    .filter(({ decision, reason }) => decision === "run" || reason === "stale_upstream")
    .flatMap(({ partition }) => staleUpstreamsOf(action, partition, outside, stale));
  if (upstreams.length > 0) events.push({ event: "rests_on_stale", key, upstreams: [...new Set(upstreams)].sort() });
  return events;
}

/** Of an assertion that nobody asks for and that runs all the same. */
const WITH_ITS_MODEL: PartitionDecision = { partition: WHOLE, decision: "run", reason: "inputs_changed" };

/** A plan in the shape of results: nothing has run. */
function plannedResults(plan: ProjectPlan): ActionResult[] {
  const audited = auditedIn(plan);
  return plan.project.actions.map((action) => ({
    key: action.node.key,
    type: action.type,
    partitions: audited.has(action.node.key) ? [WITH_ITS_MODEL] : (plan.decisions.get(action.node.key) ?? []),
    status: "skipped",
    counts: undefined,
    startedAt: undefined,
    durationMs: 0,
    configHash: action.node.compiledHash,
    error: undefined,
  }));
}

/** The assertions that a selection leaves out and that are asked all the same, in the transaction of a model that runs. */
function auditedIn({ project, decisions }: ProjectPlan): ReadonlySet<string> {
  const isLeftOut = (key: string) => (decisions.get(key) ?? []).every(({ reason }) => reason === "not_selected");
  const hosts = [...project.audits].filter(([host]) => runningOf(decisions.get(host) ?? []).length > 0);
  return new Set(hosts.flatMap(([, audits]) => audits.map(({ node }) => node.key).filter(isLeftOut)));
}

/** The events of a run in which nothing runs: of a plan, or where there is nothing to run. */
export function eventsOfPlan(plan: ProjectPlan, target: string, run: RunIdentity): RunEvent[] {
  const results = new Map(plannedResults(plan).map((result) => [result.key, result]));
  const told = plan.project.actions.flatMap((action): RunEvent[] => {
    const result = results.get(action.node.key);
    if (result === undefined) return [];
    return [...standingOf(plan, action, result, plan.staleUpstreams), { event: "action_finished", result }];
  });
  return [runStarted(plan, target, run), ...notesOf(plan), ...told, runFinished(run.startedAt)];
}

/** Whether a plan has anything to run or to record. */
export function hasWork(plan: ProjectPlan): boolean {
  return [...plan.decisions.values()].some((decisions) =>
    decisions.some(({ decision, reason }) => decision === "run" || traitsOf(reason).recorded),
  );
}

/** Whether rules of the project leave out something of a plan. */
export function leavesOut(plan: ProjectPlan): boolean {
  return [...plan.decisions.values()].some((decisions) => decisions.some(({ reason }) => reason === "ruled_out"));
}
