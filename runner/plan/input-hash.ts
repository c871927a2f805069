import type { PlanNode, ReadWindow } from "../graph/node.js";
import { digestText } from "../port/digest-text.js";
import { type Partition, REST, WHOLE } from "../port/identity.js";
import { holds } from "../port/partition-set.js";
import type { DateRange } from "../port/port.js";
import { reachOf } from "./read-window.js";
import type { InputDigest, InputDigests, InputHash, InputHashText } from "./types.js";

/** What is recorded where nobody knows what was read: no partition ever has it. */
export const UNKNOWN_INPUTS = "unknown" as InputHashText;

/** What a missing relation digests to. */
const NOTHING = "missing";

/**
 * Input hashes of one node for many partitions: for each upstream the digest of its columns and of the partitions that the
 * node's read window reaches from `d`, then one digest over all upstreams.
 * @param outside the ranges that `REST` leaves out
 * @returns by partition, in the order given
 */
export function inputHashes(
  node: PlanNode,
  partitions: readonly Partition[],
  inputs: InputDigests,
  outside: readonly DateRange[] | undefined,
): ReadonlyMap<Partition, InputHash> {
  const ranges = node.upstreams.map(({ key, window }) => {
    const input = inputs.get(key);
    return input && new RangeDigest(input, window, outside);
  });
  return new Map(
    partitions.map((partition) => {
      const byUpstream = Object.fromEntries(
        node.upstreams.map((upstream, index) => [upstream.key, ranges[index]?.of(partition) ?? NOTHING]),
      );
      return [partition, { hash: digestText(JSON.stringify(byUpstream)) as InputHashText, byUpstream }];
    }),
  );
}

/** Digest over the columns of one upstream and its partitions that lie in a window around `d`. */
class RangeDigest {
  readonly #columns: string;
  readonly #dates: readonly Partition[];
  readonly #lines: readonly string[];
  readonly #window: ReadWindow | undefined;
  readonly #outside: readonly DateRange[] | undefined;
  #whole: string | undefined;
  readonly #undated: boolean;

  constructor(
    { columns, partitions }: InputDigest,
    window: ReadWindow | undefined,
    outside: readonly DateRange[] | undefined,
  ) {
    this.#columns = `${columns}\n`;
    const sorted = [...partitions].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#dates = sorted.map(([date]) => date);
    this.#lines = sorted.map(([date, digest]) => `${date}=${digest.digest}\n`);
    this.#window = window;
    this.#outside = outside;
    this.#undated = this.#dates.length === 1 && this.#dates[0] === WHOLE;
  }

  of(partition: Partition): string {
    const reach = this.#undated ? undefined : reachOf(partition, this.#window, this.#outside);
    if (reach === undefined) {
      this.#whole ??= this.#digest(this.#lines);
      return this.#whole;
    }
    if (partition === REST)
      return this.#digest(this.#lines.filter((_, index) => holds(reach, this.#dates[index] as Partition)));
    const [range] = reach.within;
    if (range === undefined) return this.#digest([]);
    // Rows without a date sort behind every date.
    const from = lowerBound(this.#dates, (date) => date < range.from);
    const to = lowerBound(this.#dates, (date) => date <= range.to);
    return this.#digest(this.#lines.slice(from, to));
  }

  #digest(lines: readonly string[]): string {
    return digestText(this.#columns + lines.join(""));
  }
}

/** The first index whose value does not lie before. */
function lowerBound(sorted: readonly string[], isBefore: (value: string) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle] as string)) low = middle + 1;
    else high = middle;
  }
  return low;
}
