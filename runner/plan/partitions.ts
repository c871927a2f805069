import type { DateRange } from "../warehouse/port.js";
import { datesOf } from "./dates.js";
import { type Partition, type PartitionDecision, type PlanNode, WHOLE, type Window } from "./types.js";

/** The partitions of a node that a request covers: the dates of the window, or `*`. */
export function partitionsOf(node: PlanNode, window: Window): readonly Partition[] {
  if (!node.partitioned) return [WHOLE];
  return window === undefined ? [] : datesOf(window);
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

/** Equal neighbours put together: `2021-10-19..2021-11-14`. */
export function groupDecisions(decisions: readonly PartitionDecision[]): PartitionDecision[] {
  const groups: { first: PartitionDecision; last: PartitionDecision }[] = [];
  for (const decision of decisions) {
    const current = groups.at(-1);
    if (current && current.last.decision === decision.decision && current.last.reason === decision.reason)
      current.last = decision;
    else groups.push({ first: decision, last: decision });
  }
  return groups.map(({ first, last }) =>
    first === last ? first : { ...first, partition: `${first.partition}..${last.partition}` },
  );
}

/** The decisions as JSON, equal neighbours grouped. */
export function decisionsJson(decisions: readonly PartitionDecision[]): object[] {
  return groupDecisions(decisions).map(({ partition, decision, reason, evidence }) =>
    evidence === undefined ? { partition, decision, reason } : { partition, decision, reason, evidence },
  );
}
