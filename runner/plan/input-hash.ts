import { createHash } from "node:crypto";
import type { PartitionDigests } from "../warehouse/port.js";
import { addDays } from "./dates.js";
import { type InputDigests, type InputHash, type Partition, type PlanNode, type ReadWindow, WHOLE } from "./types.js";

/** What a missing relation or an empty range digests to. */
const NOTHING = "empty";

/**
 * Input hashes of one node for many partitions: for each upstream the digest of the partitions that the node's read window
 * reaches from `d`, then one digest over all upstreams.
 * @returns by partition, in the order given
 */
export function inputHashes(
  node: PlanNode,
  partitions: readonly Partition[],
  inputs: InputDigests,
): ReadonlyMap<Partition, InputHash> {
  const ranges = node.upstreams.map((upstream) => new RangeDigest(inputs.get(upstream.key), upstream.window));
  return new Map(
    partitions.map((partition) => {
      const byUpstream = Object.fromEntries(
        node.upstreams.map((upstream, index) => [upstream.key, ranges[index]?.of(partition) ?? NOTHING]),
      );
      return [partition, { hash: digestText(JSON.stringify(byUpstream)), byUpstream }];
    }),
  );
}

/** Digest over the partitions of one upstream that lie in a window around `d`. */
class RangeDigest {
  readonly #dates: readonly string[];
  readonly #lines: readonly string[];
  readonly #window: ReadWindow | undefined;
  readonly #whole: string | undefined;

  constructor(partitions: PartitionDigests | undefined, window: ReadWindow | undefined) {
    const sorted = [...(partitions ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#dates = sorted.map(([date]) => date);
    this.#lines = sorted.map(([date, digest]) => `${date}=${digest.digest}\n`);
    this.#window = window;
    const undated = this.#dates.length === 1 && this.#dates[0] === WHOLE;
    this.#whole = window === undefined || undated ? digestText(this.#lines.join("")) : undefined;
  }

  of(partition: Partition): string {
    if (this.#whole !== undefined || this.#window === undefined || partition === WHOLE)
      return this.#whole ?? digestText(this.#lines.join(""));
    const from = lowerBound(this.#dates, addDays(partition, -this.#window.back));
    const to = lowerBound(this.#dates, addDays(partition, this.#window.ahead + 1));
    return from >= to ? NOTHING : digestText(this.#lines.slice(from, to).join(""));
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

function digestText(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
