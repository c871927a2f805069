import type { Evidence, PartitionDecision } from "../graph/decision.js";
import type { PlanNode } from "../graph/node.js";
import { type Partition, WHOLE } from "../port/identity.js";
import { type Coverage, partitionsIn } from "./coverage.js";

/** The partitions of a node that a request covers: those of the coverage, or `*`. */
export function partitionsOf(node: PlanNode, coverage: Coverage): readonly Partition[] {
  return node.partitioned ? partitionsIn(coverage) : [WHOLE];
}

/** Neighbouring partitions that were decided alike, told by the first of them. */
export type DecisionGroup = PartitionDecision & {
  /** `2021-10-19..2021-11-14`, or the one partition. */
  readonly label: string;
  readonly partitions: readonly Partition[];
};

/** Equal neighbours put together. */
export function groupDecisions(decisions: readonly PartitionDecision[]): DecisionGroup[] {
  const groups: { first: PartitionDecision; last: PartitionDecision; partitions: Partition[] }[] = [];
  for (const decision of decisions) {
    const current = groups.at(-1);
    if (current !== undefined && areAlike(current.last, decision)) {
      current.last = decision;
      current.partitions.push(decision.partition);
    } else groups.push({ first: decision, last: decision, partitions: [decision.partition] });
  }
  return groups.map(({ first, last, partitions }) => ({
    ...first,
    label: first === last ? first.partition : `${first.partition}..${last.partition}`,
    partitions,
  }));
}

function areAlike(a: PartitionDecision, b: PartitionDecision): boolean {
  return (
    a.decision === b.decision &&
    toldReason(a) === toldReason(b) &&
    a.neededBy === b.neededBy &&
    isDated(a) &&
    isDated(b)
  );
}

function isDated({ partition }: PartitionDecision): boolean {
  return /^\d/.test(partition);
}

/** A reason as it is told: a rule of the project by its name. */
export function toldReason({
  reason,
  evidence,
}: {
  readonly reason: PartitionDecision["reason"];
  readonly evidence?: Evidence | undefined;
}): string {
  return evidence?.what === "rule" && evidence.note !== undefined ? evidence.note : reason;
}

/** The decisions as JSON, equal neighbours grouped. */
export function decisionsJson(decisions: readonly PartitionDecision[]): object[] {
  return groupDecisions(decisions).map(({ label: partition, decision, reason, evidence, neededBy }) => ({
    partition,
    decision,
    reason: toldReason({ reason, evidence }),
    ...(neededBy === undefined ? {} : { needed_by: neededBy }),
    ...(evidence === undefined ? {} : { evidence }),
  }));
}
