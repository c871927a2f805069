import type { PartitionDecision } from "../graph/decision.js";
import type { PlanNode } from "../graph/node.js";
import { partitionOfDate, WHOLE } from "../port/identity.js";
import type { DateRange } from "../port/port.js";
import { type Coverage, NOTHING } from "./coverage.js";
import { datesOf, mergeRanges } from "./dates.js";

/** A rule of a project that keeps some actions from running on some dates. */
export interface SkipRule {
  readonly name: string;
  /** Keys of the actions that it is about. */
  readonly actions: ReadonlySet<string>;
  skips(date: string, key: string): boolean;
}

/** What the rules of a project leave out of one request. */
export interface RuledOut {
  /** The rule that leaves out a whole action: every date of the window, or whatever it holds where it has no dates. */
  wholeOf(key: string): string | undefined;
  /** The rule of each date of an action that is left out. */
  datesOf(key: string): ReadonlyMap<string, string>;
  readonly isNothing: boolean;
}

const NO_DATES: ReadonlyMap<string, string> = new Map();

/** No rule leaves anything out. */
export const NOTHING_RULED_OUT: RuledOut = { wholeOf: () => undefined, datesOf: () => NO_DATES, isNothing: true };

/** What some rules leave out of a window; the first rule that fits holds. */
export function ruledOut(rules: readonly SkipRule[], keys: Iterable<string>, window: DateRange): RuledOut {
  const dates = datesOf(window);
  const byKey = new Map<string, ReadonlyMap<string, string>>();
  for (const key of keys) {
    const mine = rules.filter(({ actions }) => actions.has(key));
    if (mine.length === 0) continue;
    const out = dates.flatMap((date) => {
      const rule = mine.find(({ skips }) => skips(date, key));
      return rule === undefined ? [] : [[date, rule.name] as const];
    });
    if (out.length > 0) byKey.set(key, new Map(out));
  }
  if (byKey.size === 0) return NOTHING_RULED_OUT;
  const found = (key: string) => byKey.get(key) ?? NO_DATES;
  return {
    datesOf: found,
    wholeOf(key) {
      const out = found(key);
      return out.size === dates.length ? out.get(dates[0] ?? "") : undefined;
    },
    isNothing: false,
  };
}

/** What is left of a window when the dates are taken out that rules leave out. */
export function withoutRuledOut(coverage: Coverage, out: ReadonlyMap<string, string>): Coverage {
  if (out.size === 0) return coverage;
  const kept = coverage.ranges.flatMap((range) => datesOf(range).filter((date) => !out.has(date)));
  const ranges = mergeRanges(kept.map((date) => ({ from: date, to: date })));
  return ranges.length === 0 && coverage.outside === undefined ? NOTHING : { ...coverage, ranges };
}

/** The decisions on the partitions of an action that rules leave out. */
export function ruledOutDecisions(node: PlanNode, ruled: RuledOut): PartitionDecision[] {
  const decision = (partition: PartitionDecision["partition"], rule: string): PartitionDecision => ({
    partition,
    decision: "skip",
    reason: "ruled_out",
    evidence: { what: "rule", note: rule },
  });
  const whole = ruled.wholeOf(node.key);
  if (!node.partitioned) return whole === undefined ? [] : [decision(WHOLE, whole)];
  return [...ruled.datesOf(node.key)].map(([date, rule]) => decision(partitionOfDate(date), rule));
}
