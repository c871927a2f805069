import type { PlanNode, Upstream } from "../graph/node.js";
import type { DateRange } from "../port/port.js";
import { type Coverage, coverageOfEverything, isNothing, NOTHING, uniteCoverage } from "./coverage.js";
import { intersectRanges, mergeRanges } from "./dates.js";
import { reachOfRange, readersOfRange } from "./read-window.js";

/** What a plan is about for one action: the partitions that were asked for, and those that others read. */
export interface Asked {
  readonly asked: Coverage;
  /** Upstream partitions that partitions which run, or may run, read. */
  readonly needed: Coverage;
  /** The action that reads them. */
  readonly neededBy: string | undefined;
}

export interface NeedsRequest {
  /** In dependency order. */
  readonly nodes: readonly PlanNode[];
  readonly isSelected: (key: string) => boolean;
  readonly asked: Coverage;
  /** What is asked for of one selected action; undefined: all of it. */
  readonly askedOf?: (key: string) => Coverage;
  /** Stretches of dates in which the rows of a dated source lie; undefined: it is none. */
  readonly sourceDates: (key: string) => readonly DateRange[] | undefined;
  /** Stretches of dates in which the table of a model has rows as it stands. */
  readonly liveDates: (key: string) => readonly DateRange[];
  /** Dates that have partitions of their own where everything is asked for. */
  readonly everything: readonly DateRange[];
}

/**
 * What a request covers, action by action: the partitions that are asked for of the selected ones, and of every model which those read
 * the partitions that they can reach, and so on upwards. Both need the views that they read as they stand. Whoever asks for a view asks
 * for its rows: those of the dates that are asked for, of the models that it reads.
 * Assertions and operations judge and use what is there: they need nothing.
 */
export function needsOf(request: NeedsRequest): ReadonlyMap<string, Asked> {
  const byKey = new Map(request.nodes.map((node) => [node.key, node]));
  const candidates = candidateDates(request);
  const needs = new Map<string, Asked>();
  const noteNeed = (upstream: Upstream, reader: PlanNode, coverage: Coverage) => {
    const node = byKey.get(upstream.key);
    if (node?.kind !== "model" || node.disabled) return;
    const needed =
      reader.kind === "view" && node.partitioned
        ? coverage
        : neededPartitions(node, reader, upstream, coverage, request, candidates.get(node.key));
    const before = needs.get(node.key);
    needs.set(node.key, {
      asked: NOTHING,
      needed: uniteCoverage(before?.needed ?? NOTHING, needed),
      neededBy: before?.neededBy ?? reader.key,
    });
  };
  for (const node of [...request.nodes].reverse()) {
    const asked = request.isSelected(node.key) ? (request.askedOf?.(node.key) ?? request.asked) : NOTHING;
    const { needed = NOTHING, neededBy } = needs.get(node.key) ?? {};
    needs.set(node.key, { asked, needed, neededBy });
    const covered = uniteCoverage(asked, needed);
    const isWanted = request.isSelected(node.key) || neededBy !== undefined;
    const isMade = (node.kind === "view" && isWanted) || (node.kind === "model" && !isNothing(covered));
    if (isMade && !node.disabled) {
      for (const view of node.standingViews)
        needs.set(view, { asked: NOTHING, needed: NOTHING, neededBy: needs.get(view)?.neededBy ?? node.key });
    }
    const hasRows = node.kind === "model" || node.kind === "view";
    if (!hasRows || node.disabled || isNothing(covered)) continue;
    for (const upstream of node.upstreams) if (upstream.key !== node.key) noteNeed(upstream, node, covered);
  }
  return needs;
}

function neededPartitions(
  node: PlanNode,
  reader: PlanNode,
  { window }: Upstream,
  coverage: Coverage,
  { asked, everything }: NeedsRequest,
  candidates: readonly DateRange[] | undefined,
): Coverage {
  if (!node.partitioned || !reader.partitioned || window === undefined || coverage.outside !== undefined)
    return coverageOfEverything(everything);
  const reach = mergeRanges(coverage.ranges.map((range) => reachOfRange(range, window)));
  const possible = candidates === undefined ? reach : mergeRanges([...candidates, ...asked.ranges]);
  return { ranges: intersectRanges(reach, possible), outside: undefined };
}

/** The dates on which a model can have rows, as far as its table and what it reads tell; undefined: on any. */
function candidateDates({
  nodes,
  sourceDates,
  liveDates,
}: NeedsRequest): ReadonlyMap<string, readonly DateRange[] | undefined> {
  const dates = new Map<string, readonly DateRange[] | undefined>();
  for (const node of nodes) {
    const read = node.upstreams.map(({ key, window }) => {
      const ranges = dates.has(key) ? dates.get(key) : sourceDates(key);
      return ranges === undefined || window === undefined
        ? undefined
        : ranges.map((range) => readersOfRange(range, window));
    });
    // Rows of what tells no dates may have any.
    const known = read.every((ranges) => ranges !== undefined)
      ? mergeRanges([...read.flat(), ...liveDates(node.key)])
      : undefined;
    dates.set(node.key, node.partitioned && read.length > 0 ? known : undefined);
  }
  return dates;
}
