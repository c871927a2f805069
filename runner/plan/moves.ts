import type { PartitionDecision } from "../graph/decision.js";
import type { PlanNode } from "../graph/node.js";
import { NO_ROWS, NULL_PARTITION, type Partition, WHOLE } from "../port/identity.js";
import { holds } from "../port/partition-set.js";
import type { DateRange } from "../port/port.js";
import { reachOf } from "./read-window.js";
import type { InputDigests } from "./types.js";

/** The fingerprints that an earlier run recorded of each upstream of an action: by partition, and `COLUMNS` for its columns. */
export type RecordedFingerprints = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Stands for names and types of an upstream's columns where partitions are named. */
export const COLUMNS = "columns";

/**
 * Adds to each decision that an input made the partitions of that input which moved since they were recorded.
 * Only evidence: a decision never depends on it.
 */
export function nameMoves(
  node: PlanNode,
  decisions: readonly PartitionDecision[],
  inputs: InputDigests,
  recorded: RecordedFingerprints,
  outside: readonly DateRange[] | undefined,
): PartitionDecision[] {
  const moved = new Map(node.upstreams.map(({ key }) => [key, movedPartitions(key, inputs, recorded)]));
  return decisions.map((decision) => {
    const { evidence } = decision;
    if (evidence?.what !== "input" || evidence.upstream === undefined) return decision;
    const all = moved.get(evidence.upstream) ?? [];
    if (all.includes(COLUMNS)) return { ...decision, evidence: { ...evidence, moved: COLUMNS } };
    const window = node.upstreams.find(({ key }) => key === evidence.upstream)?.window;
    const reach = reachOf(decision.partition, window, outside);
    const reached = all.filter((date) => date === WHOLE || reach === undefined || holds(reach, date as Partition));
    return reached.length === 0 ? decision : { ...decision, evidence: { ...evidence, moved: spanOf(reached) } };
  });
}

/** From the first to the last date of some partitions; all of the table where it has none, or has only now been given them. */
function spanOf(partitions: readonly string[]): string {
  if (partitions.includes(WHOLE)) return WHOLE;
  const dates = partitions.filter((partition) => partition !== NULL_PARTITION);
  const [first = NULL_PARTITION, last = first] = [dates[0], dates.at(-1)];
  return first === last ? first : `${first}..${last}`;
}

function movedPartitions(relation: string, current: InputDigests, recorded: RecordedFingerprints): string[] {
  const now = current.get(relation);
  const before = recorded.get(relation);
  if (before === undefined) return [];
  if (now !== undefined && before.get(COLUMNS) !== now.columns) return [COLUMNS];
  const known = new Set([...(now?.partitions.keys() ?? []), ...before.keys()].filter((date) => date !== COLUMNS));
  const digestOf = (date: string) => now?.partitions.get(date as Partition)?.digest ?? NO_ROWS;
  return [...known].filter((date) => digestOf(date) !== (before.get(date) ?? NO_ROWS)).sort();
}
