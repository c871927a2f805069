import { traitsOf } from "../graph/reasons.js";
import type { DateRange, PublishCounts } from "../port/port.js";
import type { ActionResult, ActionStatus, RunEvent } from "./events.js";

/** One run as its events tell it. */
export interface RunRecord {
  readonly runId: string;
  readonly command: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly target: string;
  readonly window: DateRange | undefined;
  readonly compiled: boolean;
  readonly process: string;
  /** The signal that stopped it; undefined: it ended by itself. */
  readonly interrupted: string | undefined;
  /** In the order in which they ended. */
  readonly actions: readonly ActionResult[];
  readonly durationMs: number;
  /** What it was estimated to cost; undefined: nobody asked. */
  readonly cost?: RunCost;
  /** Relations whose rows are left as they are and of which something else is to be set; undefined: none. */
  readonly differing?: readonly { readonly key: string; readonly what: readonly string[] }[];
}

/** What the queries of a run would process, in bytes, and those of what it skips. */
export interface RunCost {
  readonly queries: readonly { readonly key: string; readonly runs: boolean; readonly bytes: number | undefined }[];
  readonly bytes: number;
  readonly savedBytes: number;
  readonly unknown: number;
  readonly dollars: number;
  readonly savedDollars: number;
}

export interface RunTotals {
  readonly run: number;
  readonly skipped: number;
  readonly failed: number;
  readonly blocked: number;
  readonly unchanged: number;
  readonly rows_written: number;
  readonly duration_ms: number;
}

/**
 * What the events of one run amount to.
 * @param order keys of the actions in the order in which they are told; undefined: that in which they ended
 */
export function recordOf(events: Iterable<RunEvent>, order?: readonly string[]): RunRecord {
  let record: RunRecord = {
    runId: "",
    command: "",
    startedAt: "",
    finishedAt: undefined,
    target: "",
    window: undefined,
    compiled: false,
    process: "",
    interrupted: undefined,
    actions: [],
    durationMs: 0,
  };
  const actions: ActionResult[] = [];
  for (const event of events) {
    if (event.event === "cost_estimated") {
      const { actions: queries, bytes, savedBytes, unknown, dollars, savedDollars } = event;
      record = { ...record, cost: { queries, bytes, savedBytes, unknown, dollars, savedDollars } };
    }
    if (event.event === "relation_differs")
      record = { ...record, differing: [...(record.differing ?? []), { key: event.key, what: event.what }] };
    if (event.event === "run_started") {
      const { runId, command, startedAt, target, window, compiled, process } = event;
      record = { ...record, runId, command, startedAt, target, window, compiled, process };
    } else if (event.event === "action_finished") actions.push(event.result);
    else if (event.event === "run_interrupted") record = { ...record, interrupted: event.signal };
    else if (event.event === "run_finished")
      record = { ...record, finishedAt: event.finishedAt, durationMs: event.durationMs };
  }
  if (order === undefined) return { ...record, actions };
  const byKey = new Map(actions.map((action) => [action.key, action]));
  return { ...record, actions: order.flatMap((key) => byKey.get(key) ?? []) };
}

/** Sums over the actions; `run` counts what ran and published. */
export function totalsOf({ actions, durationMs }: Pick<RunRecord, "actions" | "durationMs">): RunTotals {
  const number = (status: ActionStatus) => actions.filter((action) => action.status === status).length;
  return {
    run: number("success"),
    skipped: number("skipped"),
    failed: number("failed"),
    blocked: number("blocked"),
    unchanged: number("unchanged"),
    rows_written: actions.reduce((sum, { counts }) => sum + rowsWritten(counts), 0),
    duration_ms: Math.round(durationMs),
  };
}

/** Rows that a publish changed in the table, refreshed ones among them. */
export function rowsWritten(counts: PublishCounts | undefined): number {
  return counts === undefined ? 0 : counts.inserted + counts.updated + counts.refreshed + counts.deleted;
}

/** How a run ended: a refusal of a guard, and what could not run for it, is no failure of the rest. */
export function verdictOf(actions: readonly ActionResult[]): "done" | "failed" | "refused" {
  const wrong = actions.filter(({ status }) => status === "failed" || status === "blocked");
  if (wrong.length === 0) return "done";
  const isRefused = wrong.some(({ partitions }) => partitions.some(({ reason }) => traitsOf(reason).refuses));
  const isConsequence = ({ status, partitions }: ActionResult) =>
    status === "blocked" && partitions.some(({ reason }) => traitsOf(reason).consequence);
  return isRefused && wrong.every(isConsequence) ? "refused" : "failed";
}

/** When an action ended; undefined: it never left the queue. */
export function endOf({ startedAt, durationMs }: ActionResult): string | undefined {
  return startedAt === undefined ? undefined : new Date(Date.parse(startedAt) + durationMs).toISOString();
}

/** Why an action that published nothing did not run, as the history of runs calls it; undefined: it ran. */
export function skipReasonOf({ status, partitions }: Pick<ActionResult, "status" | "partitions">): string | undefined {
  if (status !== "skipped" && status !== "blocked") return undefined;
  const reasons = partitions
    .filter(({ decision }) => decision === "skip")
    // A rule of the project has a name of its own.
    .map(({ reason, evidence }) => (evidence?.what === "rule" ? evidence.note : traitsOf(reason).skipReason));
  // What kept a partition from being built is worth more than that others had no need of it.
  return (
    reasons.find((reason) => reason !== undefined && reason !== SETTLED) ??
    reasons.find((reason) => reason !== undefined)
  );
}

const SETTLED = traitsOf("unchanged").skipReason;
