import type { PlanNode, ReadWindow } from "../graph/node.js";
import { digestText } from "../port/digest-text.js";
import { type Partition, WHOLE } from "../port/identity.js";
import { addDays } from "./dates.js";
import type { InputDigest, InputDigests, InputHash, InputHashText } from "./types.js";

/** What is recorded where nobody knows what was read: no partition ever has it. */
export const UNKNOWN_INPUTS = "unknown" as InputHashText;

/** What a missing relation digests to. */
const NOTHING = "missing";

/**
 * Input hashes of one node for many partitions: for each upstream the digest of its columns and of the partitions that the
 * node's read window reaches from `d`, then one digest over all upstreams.
 * @returns by partition, in the order given
 */
export function inputHashes(
  node: PlanNode,
  partitions: readonly Partition[],
  inputs: InputDigests,
): ReadonlyMap<Partition, InputHash> {
  const ranges = node.upstreams.map(({ key, window }) => {
    const input = inputs.get(key);
    return input && new RangeDigest(input, window);
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
  readonly #dates: readonly string[];
  readonly #lines: readonly string[];
  readonly #window: ReadWindow | undefined;
  readonly #whole: string | undefined;

  constructor({ columns, partitions }: InputDigest, window: ReadWindow | undefined) {
    this.#columns = `${columns}\n`;
    const sorted = [...partitions].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#dates = sorted.map(([date]) => date);
    this.#lines = sorted.map(([date, digest]) => `${date}=${digest.digest}\n`);
    this.#window = window;
    const undated = this.#dates.length === 1 && this.#dates[0] === WHOLE;
    this.#whole = window === undefined || undated ? this.#digest(this.#lines) : undefined;
  }

  of(partition: Partition): string {
    if (this.#whole !== undefined || this.#window === undefined || partition === WHOLE)
      return this.#whole ?? this.#digest(this.#lines);
    const from = lowerBound(this.#dates, addDays(partition, -this.#window.back));
    const to = lowerBound(this.#dates, addDays(partition, this.#window.ahead + 1));
    return this.#digest(this.#lines.slice(from, to));
  }

  #digest(lines: readonly string[]): string {
    return digestText(this.#columns + lines.join(""));
  }
}

/** The first index whose value is not below `value`. */
function lowerBound(sorted: readonly string[], value: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
