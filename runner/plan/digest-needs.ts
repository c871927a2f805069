import type { PlanNode, Upstream } from "../graph/node.js";
import type { DateRange } from "../port/port.js";
import { addDays, unite } from "./dates.js";
import type { Window } from "./types.js";

/**
 * The partitions of each input that the given nodes may read in the window; undefined: all of them.
 * @param inputName which input an upstream is; undefined: it is not there
 */
export function inputRanges(
  nodes: readonly PlanNode[],
  window: Window,
  inputName: (upstream: Upstream) => string | undefined,
): ReadonlyMap<string, DateRange | undefined> {
  const ranges = new Map<string, DateRange | undefined>();
  for (const node of nodes) {
    for (const upstream of node.upstreams) {
      const name = inputName(upstream);
      if (name === undefined) continue;
      const range =
        window === undefined || upstream.window === undefined || !node.partitioned
          ? undefined
          : { from: addDays(window.from, -upstream.window.back), to: addDays(window.to, upstream.window.ahead) };
      ranges.set(name, ranges.has(name) ? unite(ranges.get(name), range) : range);
    }
  }
  return ranges;
}
