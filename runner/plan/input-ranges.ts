import type { PlanNode, Upstream } from "../graph/node.js";
import type { DateRange } from "../port/port.js";
import { type Coverage, hullOf } from "./coverage.js";
import { unite } from "./dates.js";
import { reachOfRange } from "./read-window.js";

/**
 * The partitions of each input that the given nodes may read; undefined: all of them.
 * @param coverageOf which partitions of a node are asked for
 * @param inputName which input an upstream is; undefined: it is not there
 */
export function inputRanges(
  nodes: readonly PlanNode[],
  coverageOf: (node: PlanNode) => Coverage,
  inputName: (upstream: Upstream) => string | undefined,
): ReadonlyMap<string, DateRange | undefined> {
  const ranges = new Map<string, DateRange | undefined>();
  for (const node of nodes) {
    const hull = node.partitioned ? hullOf(coverageOf(node)) : undefined;
    for (const upstream of node.upstreams) {
      const name = inputName(upstream);
      if (name === undefined) continue;
      const range =
        hull === undefined || upstream.window === undefined ? undefined : reachOfRange(hull, upstream.window);
      ranges.set(name, ranges.has(name) ? unite(ranges.get(name), range) : range);
    }
  }
  return ranges;
}
