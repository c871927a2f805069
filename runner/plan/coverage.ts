import { type Partition, partitionOfDate, REST } from "../port/identity.js";
import type { PartitionSet } from "../port/partition-set.js";
import type { DateRange } from "../port/port.js";
import { addDays, datesOf, daysBetween, mergeRanges, unite } from "./dates.js";

/** Dates that lie farther apart than this do not belong to one stretch: a sentinel such as 9999-12-31 stands alone. */
const LARGEST_GAP_DAYS = 366;

/** More dates than this are not decided one by one. */
const MOST_DATES = 20_000;

/** Which partitions of a dated model a request is about. */
export interface Coverage {
  /** The dates that are decided one by one; ascending and apart from each other. */
  readonly ranges: readonly DateRange[];
  /**
   * The dates that have partitions of their own where every row is asked for: rows without a date, and rows of any other date, are
   * then decided as one partition, `REST`. Undefined: those rows are not asked for.
   */
  readonly outside: readonly DateRange[] | undefined;
}

export const NOTHING: Coverage = { ranges: [], outside: undefined };

/** The dates of one window and no others. */
export function coverageOfWindow(window: DateRange): Coverage {
  return { ranges: [window], outside: undefined };
}

/** Every row there can be, with a partition for each date of the ranges. */
export function coverageOfEverything(ranges: readonly DateRange[]): Coverage {
  return { ranges, outside: ranges };
}

/**
 * The stretches in which dates lie. Any choice is right, because what lies in none of them is decided too, as `REST`; a good one has a
 * partition for every date that a run may want to build alone, and few others.
 */
export function stretchesOf(dates: Iterable<string>): DateRange[] {
  const stretches: { from: string; to: string }[] = [];
  for (const date of [...new Set(dates)].sort()) {
    const last = stretches.at(-1);
    if (last !== undefined && daysBetween(last.to, date) <= LARGEST_GAP_DAYS) last.to = date;
    else stretches.push({ from: date, to: date });
  }
  let left = MOST_DATES;
  return stretches.filter(({ from, to }) => {
    left -= daysBetween(from, to) + 1;
    return left >= 0;
  });
}

/** The partitions that are decided: the dates, ascending, then `REST`. */
export function partitionsIn({ ranges, outside }: Coverage): Partition[] {
  const dates = ranges.flatMap((range) => datesOf(range).map(partitionOfDate));
  return outside === undefined ? dates : [...dates, REST];
}

/** What either of two asks for. */
export function uniteCoverage(a: Coverage, b: Coverage): Coverage {
  return { ranges: mergeRanges([...a.ranges, ...b.ranges]), outside: a.outside ?? b.outside };
}

/** Nothing is asked for. */
export function isNothing({ ranges, outside }: Coverage): boolean {
  return ranges.length === 0 && outside === undefined;
}

/** The smallest range that holds every date; undefined: any date may be asked for. */
export function hullOf({ ranges, outside }: Coverage): DateRange | undefined {
  if (outside !== undefined) return undefined;
  return ranges.reduce<DateRange | undefined>(
    (hull, range, index) => (index === 0 ? range : unite(hull, range)),
    undefined,
  );
}

/** The rows of some partitions. A row of a date that is decided by itself belongs to that date, not to `REST`. */
export function setOf(partitions: readonly Partition[], { ranges, outside }: Coverage): PartitionSet {
  const within: { from: string; to: string }[] = [];
  for (const date of partitions) {
    if (date === REST) continue;
    const last = within.at(-1);
    if (last !== undefined && addDays(last.to, 1) === date) last.to = date;
    else within.push({ from: date, to: date });
  }
  return { within, outside: partitions.includes(REST) ? mergeRanges([...(outside ?? []), ...ranges]) : undefined };
}
