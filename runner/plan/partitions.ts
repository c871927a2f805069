import type { PartitionDecision } from "../graph/decision.js";
import type { PlanNode } from "../graph/node.js";
import { type Partition, partitionOfDate, WHOLE } from "../port/identity.js";
import type { DateRange } from "../port/port.js";
import { datesOf } from "./dates.js";
import type { Window } from "./types.js";

/** The partitions of a node that a request covers: the dates of the window, or `*`. */
export function partitionsOf(node: PlanNode, window: Window): readonly Partition[] {
  if (!node.partitioned) return [WHOLE];
  return window === undefined ? [] : datesOf(window).map(partitionOfDate);
}

/**
 * What a request without a window covers: the dates from the first to the last partition of any dated relation that is read
 * or was built; undefined when there is none.
 */
export function windowOfRelations(relations: Iterable<ReadonlyMap<Partition, unknown>>): DateRange | undefined {
  const dates = [...relations].flatMap((partitions) => [...partitions.keys()]).filter((date) => /^\d/.test(date));
  if (dates.length === 0) return undefined;
  let from = dates[0] as string;
  let to = from;
  for (const date of dates) {
    if (date < from) from = date;
    if (date > to) to = date;
  }
  return { from, to };
}

/** Neighbouring partitions that were decided alike, told by the first of them. */
export type DecisionGroup = PartitionDecision & {
  /** `2021-10-19..2021-11-14`, or the one partition. */
  readonly label: string;
};

/** Equal neighbours put together. */
export function groupDecisions(decisions: readonly PartitionDecision[]): DecisionGroup[] {
  const groups: { first: PartitionDecision; last: PartitionDecision }[] = [];
  for (const decision of decisions) {
    const current = groups.at(-1);
    if (current && current.last.decision === decision.decision && current.last.reason === decision.reason)
      current.last = decision;
    else groups.push({ first: decision, last: decision });
  }
  return groups.map(({ first, last }) => ({
    ...first,
    label: first === last ? first.partition : `${first.partition}..${last.partition}`,
  }));
}

/** The decisions as JSON, equal neighbours grouped. */
export function decisionsJson(decisions: readonly PartitionDecision[]): object[] {
  return groupDecisions(decisions).map(({ label: partition, decision, reason, evidence }) =>
    evidence === undefined ? { partition, decision, reason } : { partition, decision, reason, evidence },
  );
}
