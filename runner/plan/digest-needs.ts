import type { DateRange } from "../warehouse/port.js";
import { addDays, unite } from "./dates.js";
import type { PlanNode, Window } from "./types.js";

/** The partitions of each upstream that the given nodes may read in the window; undefined: all of them. */
export function inputRanges(nodes: readonly PlanNode[], window: Window): ReadonlyMap<string, DateRange | undefined> {
  const ranges = new Map<string, DateRange | undefined>();
  for (const node of nodes) {
    for (const upstream of node.upstreams) {
      const range =
        window === undefined || upstream.window === undefined || !node.partitioned
          ? undefined
          : { from: addDays(window.from, -upstream.window.back), to: addDays(window.to, upstream.window.ahead) };
      ranges.set(upstream.key, ranges.has(upstream.key) ? unite(ranges.get(upstream.key), range) : range);
    }
  }
  return ranges;
}
