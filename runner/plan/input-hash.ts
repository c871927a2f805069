import type { PlanNode, ReadWindow } from "../graph/node.js";
import { digestText } from "../port/digest-text.js";
import { type Partition, REST, WHOLE } from "../port/identity.js";
import { holds } from "../port/partition-set.js";
import type { DateRange, PartitionDigest, PartitionDigests } from "../port/port.js";
import { reachOf } from "./read-window.js";
import type { InputDigest, InputDigests, InputHash, InputHashText } from "./types.js";

/** What is recorded where nobody knows what was read: no partition ever has it. */
export const UNKNOWN_INPUTS = "unknown" as InputHashText;

/** What is recorded where the incremental query may take more than the full one has given: the next run takes it. */
export const MORE_TO_TAKE = "more to take" as InputHashText;

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
      const byUpstream: Record<string, string> = {};
      for (const [index, { key }] of node.upstreams.entries())
        byUpstream[key] = ranges[index]?.of(partition) ?? NOTHING;
      return [partition, new ReadInputs(byUpstream)];
    }),
  );
}

/** Whether a partition that was built of what is recorded would be built of the same now. */
export function areSameInputs(recorded: RecordedInputs, current: InputHash): boolean {
  if (recorded.inputHash === UNKNOWN_INPUTS || recorded.inputHash === MORE_TO_TAKE) return false;
  const keys = Object.keys(current.byUpstream);
  if (keys.length !== Object.keys(recorded.inputs).length) return false;
  return keys.every((key) => recorded.inputs[key] === current.byUpstream[key]);
}

/** What is recorded of the inputs of a partition. */
interface RecordedInputs {
  readonly inputHash: InputHashText;
  readonly inputs: Readonly<Record<string, string>>;
}

/** The hash is asked for where something is recorded or told; what decides is the digest of each upstream. */
class ReadInputs implements InputHash {
  readonly byUpstream: Readonly<Record<string, string>>;

  constructor(byUpstream: Readonly<Record<string, string>>) {
    this.byUpstream = byUpstream;
  }

  get hash(): InputHashText {
    return digestText(JSON.stringify(this.byUpstream)) as InputHashText;
  }
}

/** Digest over the columns of one upstream and its partitions that lie in a window around `d`. */
class RangeDigest {
  readonly #columns: string;
  readonly #partitions: OrderedPartitions;
  readonly #window: ReadWindow | undefined;
  readonly #outside: readonly DateRange[] | undefined;
  readonly #undated: boolean;
  /** By the places of the first date and of that behind the last one. */
  readonly #digests: Map<number, string>;

  constructor(
    { columns, partitions }: InputDigest,
    window: ReadWindow | undefined,
    outside: readonly DateRange[] | undefined,
  ) {
    this.#columns = columns;
    this.#partitions = orderedPartitions(partitions);
    this.#window = window;
    this.#outside = outside;
    const { dates, digests } = this.#partitions;
    this.#undated = dates.length === 1 && dates[0] === WHOLE;
    this.#digests = digests.get(columns) ?? new Map();
    digests.set(columns, this.#digests);
  }

  of(partition: Partition): string {
    const { dates } = this.#partitions;
    const reach = this.#undated ? undefined : reachOf(partition, this.#window, this.#outside);
    if (reach === undefined) return this.#digest(0, dates.length);
    if (partition === REST)
      return digestText(linesOf(this.#columns, this.#partitions, 0, dates.length, (date) => holds(reach, date)));
    const [range] = reach.within;
    if (range === undefined) return this.#digest(0, 0);
    // Rows without a date sort behind every date.
    const from = lowerBound(dates, 0, (date) => date < range.from);
    return this.#digest(
      from,
      lowerBound(dates, from, (date) => date <= range.to),
    );
  }

  /** Readers of the same columns with the same window read the same. */
  #digest(from: number, to: number): string {
    const key = from * (this.#partitions.dates.length + 1) + to;
    let digest = this.#digests.get(key);
    if (digest === undefined) {
      digest = digestText(linesOf(this.#columns, this.#partitions, from, to));
      this.#digests.set(key, digest);
    }
    return digest;
  }
}
/** The partitions of one relation as one set of columns has them, and what was made of them already. */
interface OrderedPartitions {
  readonly dates: readonly Partition[];
  /** Digests of the rows, in the order of the dates. */
  readonly rows: readonly string[];
  /** By the columns. */
  readonly digests: Map<string, Map<number, string>>;
}

/** Many nodes read the same relation, some of them for each of many dates: it is put in order once. */
const ORDERED = new WeakMap<PartitionDigests, OrderedPartitions>();

function orderedPartitions(partitions: PartitionDigests): OrderedPartitions {
  let ordered = ORDERED.get(partitions);
  if (ordered === undefined) {
    const dates = [...partitions.keys()].sort();
    const rows = dates.map((date) => (partitions.get(date) as PartitionDigest).digest);
    ordered = { dates, rows, digests: new Map() };
    ORDERED.set(partitions, ordered);
  }
  return ordered;
}

/** What is digested: the columns and, of each partition that counts, a line. */
function linesOf(
  columns: string,
  { dates, rows }: OrderedPartitions,
  from: number,
  to: number,
  counts: (date: Partition) => boolean = () => true,
): string {
  let lines = `${columns}\n`;
  for (let index = from; index < to; index += 1)
    if (counts(dates[index] as Partition)) lines += `${dates[index]}=${rows[index]}\n`;
  return lines;
}

/** The first index, from one on, whose value does not lie before. */
function lowerBound(sorted: readonly string[], first: number, isBefore: (value: string) => boolean): number {
  let low = first;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle] as string)) low = middle + 1;
    else high = middle;
  }
  return low;
}
