import type { ReadWindow } from "../graph/node.js";
import { type Partition, REST, WHOLE } from "../port/identity.js";
import type { PartitionSet } from "../port/partition-set.js";
import type { DateRange } from "../port/port.js";
import { addDays, daysBetween, mergeRanges } from "./dates.js";

/** The dates of an upstream that the dates of a range may read: `[from - back, to + ahead]`. */
export function reachOfRange({ from, to }: DateRange, { back, ahead }: ReadWindow): DateRange {
  return { from: addDays(from, -back), to: addDays(to, ahead) };
}

/** The dates that may read a range of an upstream's dates: `[from - ahead, to + back]`. */
export function readersOfRange({ from, to }: DateRange, { back, ahead }: ReadWindow): DateRange {
  return { from: addDays(from, -ahead), to: addDays(to, back) };
}

/**
 * What some partitions of a model may read of one upstream; undefined: all of it. What `REST` reads is everything but the dates that only
 * partitions inside the ranges can reach, rows without a date included.
 */
export function reachOfSet(set: PartitionSet, window: ReadWindow | undefined): PartitionSet | undefined {
  if (window === undefined) return undefined;
  const reached = set.within.map((range) => reachOfRange(range, window));
  const within = reached.length === 1 ? reached : mergeRanges(reached);
  if (set.outside === undefined) return { within, outside: undefined };
  const inner = set.outside
    .filter(({ from, to }) => daysBetween(from, to) >= window.ahead + window.back)
    .map(({ from, to }) => ({ from: addDays(from, window.ahead), to: addDays(to, -window.back) }));
  return inner.length === 0 ? undefined : { within, outside: inner };
}

/**
 * What one partition may read of one upstream; undefined: all of it.
 * @param outside the ranges that `REST` leaves out
 */
export function reachOf(
  partition: Partition,
  window: ReadWindow | undefined,
  outside: readonly DateRange[] | undefined,
): PartitionSet | undefined {
  if (partition === WHOLE) return undefined;
  const set: PartitionSet =
    partition === REST
      ? { within: [], outside: outside ?? [] }
      : { within: [{ from: partition, to: partition }], outside: undefined };
  return reachOfSet(set, window);
}

/** Whether what may be read touches a partition of the upstream that runs; `REST` of it may hold any date outside the ranges. */
export function touches(
  reach: PartitionSet | undefined,
  running: Partition,
  outside: readonly DateRange[] | undefined,
): boolean {
  if (reach === undefined || running === WHOLE || reach.outside !== undefined) return true;
  const isInside = ({ from, to }: DateRange, ranges: readonly DateRange[]) =>
    ranges.some((range) => from >= range.from && to <= range.to);
  if (running === REST) return reach.within.some((range) => !isInside(range, outside ?? []));
  return reach.within.some(({ from, to }) => running >= from && running <= to);
}
