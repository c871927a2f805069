import type { ActionResult } from "../events/events.js";
import type { RunnableAction } from "../graph/action.js";
import type { PartitionDecision } from "../graph/decision.js";
import { traitsOf } from "../graph/reasons.js";
import type { PublishCounts } from "../port/port.js";

/** A decision to run, taken back. */
export function skippedFor(reason: "breaker_open" | "gate_blocked" | "interrupted") {
  return (decision: PartitionDecision): PartitionDecision =>
    decision.decision === "run" ? { partition: decision.partition, decision: "skip", reason } : decision;
}

/** The result of an action of which nothing ran. */
export function skipped(
  action: RunnableAction,
  decisions: readonly PartitionDecision[],
  durationMs: number,
  startedAt?: string,
): ActionResult {
  return result(action, decisions, "skipped", { durationMs, ...(startedAt === undefined ? {} : { startedAt }) });
}

/** What became of an action; its configuration is that of its compiled text. */
export function result(
  action: RunnableAction,
  partitions: readonly PartitionDecision[],
  status: ActionResult["status"],
  rest: {
    readonly startedAt?: string;
    readonly durationMs: number;
    readonly writeMs?: number | undefined;
    readonly counts?: PublishCounts | undefined;
    readonly error?: string;
  },
): ActionResult {
  return {
    key: action.node.key,
    type: action.type,
    partitions,
    status,
    counts: rest.counts,
    startedAt: rest.startedAt,
    durationMs: rest.durationMs,
    writeMs: rest.writeMs,
    configHash: action.node.compiledHash,
    error: rest.error,
  };
}

/** Whether nobody asked for it. */
export function isLeftOut({ partitions }: ActionResult): boolean {
  return partitions.every(({ reason }) => traitsOf(reason).leftOut);
}

/** Whether it was to be built and is not. */
export function notBuilt({ status }: ActionResult): boolean {
  return status === "failed" || status === "blocked";
}
