import { NULL_PARTITION, type Partition } from "../../port/identity.js";
import { type DateRange, type PartitionDigests, type RelationId, relationKey } from "../../port/port.js";

/** How relations are told apart here: DuckDB takes names that differ in case for one. */
export function relationName(id: RelationId): string {
  return relationKey(id).toLowerCase();
}

/** The partitions of a table whose rows may be others; undefined: any. */
export type TouchedPartitions = ReadonlySet<Partition> | undefined;

/** The relations that one transaction has written to, and which partitions of them. */
export class WrittenRelations {
  readonly #touched = new Map<string, TouchedPartitions>();
  #isEverything = false;

  add(id: RelationId, partitions: TouchedPartitions = undefined): void {
    const name = relationName(id);
    const before = this.#touched.has(name) ? this.#touched.get(name) : new Set<Partition>();
    this.#touched.set(name, before && partitions && new Set([...before, ...partitions]));
  }

  /** Nobody knows which. */
  addAll(): void {
    this.#isEverything = true;
  }

  has(name: string): boolean {
    return this.#isEverything || this.#touched.has(name);
  }

  /** Which partitions of a relation that it has were written to. */
  touched(name: string): TouchedPartitions {
    return this.#isEverything ? undefined : this.#touched.get(name);
  }

  get isEverything(): boolean {
    return this.#isEverything;
  }

  get isNothing(): boolean {
    return !this.#isEverything && this.#touched.size === 0;
  }

  get names(): Iterable<string> {
    return this.#touched.keys();
  }
}

/** What was read of a table. */
export interface DigestsAnswer {
  /** The partitions that were asked for; undefined: all. */
  readonly range: DateRange | undefined;
  readonly digests: PartitionDigests;
  /** Partitions that were written to since: what is said of them holds no longer. */
  readonly stale: ReadonlySet<Partition>;
}

/** Digests of one table, and the question that they answer, which is the same for every range. */
export interface DigestsRead extends DigestsAnswer {
  readonly relation: string;
  readonly question: string;
}

/** Where the digests are that a transaction need not read. */
export interface DigestSource {
  /** The answer to a question, as a snapshot sees it; undefined: nobody has kept it. */
  find(relation: string, question: string, range: DateRange | undefined, begun: number): DigestsAnswer | undefined;
}

/** Whether who knows the one range knows the other. */
export function covers(known: DateRange | undefined, asked: DateRange | undefined): boolean {
  return known === undefined || (asked !== undefined && known.from <= asked.from && known.to >= asked.to);
}

/** Whether a partition lies in a range: that of rows without a date does in none. */
export function inRange({ from, to }: DateRange): (partition: string) => boolean {
  return (partition) => partition >= from && partition <= to && partition !== NULL_PARTITION;
}

/** What an answer says of a part of the range that it is of. */
export function partOf(answer: DigestsAnswer, range: DateRange | undefined): DigestsAnswer {
  if (range === undefined || covers(range, answer.range)) return answer;
  const isIn = inRange(range);
  return {
    range,
    digests: new Map([...answer.digests].filter(([partition]) => isIn(partition))),
    stale: new Set([...answer.stale].filter(isIn)),
  };
}

/** What one transaction has read and written, as far as digests are concerned. */
export class TransactionDigests {
  readonly written = new WrittenRelations();
  readonly begun: number;
  readonly #source: DigestSource | undefined;
  /** By question. */
  readonly #read = new Map<string, readonly DigestsRead[]>();

  /**
   * @param source undefined: everything is read
   * @param begun where in the order of commits the transaction's snapshot was fixed
   */
  constructor(source: DigestSource | undefined, begun: number) {
    this.#source = source;
    this.begun = begun;
  }

  find(id: RelationId, question: string, range: DateRange | undefined): DigestsAnswer | undefined {
    const relation = relationName(id);
    const own = this.#read.get(question)?.find((answer) => covers(answer.range, range));
    if (own !== undefined) return partOf(own, range);
    if (!this.written.has(relation)) return this.#source?.find(relation, question, range, this.begun);
    const touched = this.written.touched(relation);
    const before = touched && this.#source?.find(relation, question, range, this.begun);
    return before && withStale(before, touched);
  }

  keep(id: RelationId, question: string, range: DateRange | undefined, digests: PartitionDigests): void {
    const answer = { relation: relationName(id), question, range, digests, stale: new Set<Partition>() };
    const others = (this.#read.get(question) ?? []).filter((other) => !covers(range, other.range));
    this.#read.set(question, [answer, ...others]);
  }

  /**
   * A relation was written to; undefined: nobody knows which.
   * @param partitions those that may have other rows now
   */
  wrote(id: RelationId | undefined, partitions: TouchedPartitions = undefined): void {
    if (id === undefined) {
      this.written.addAll();
      this.#read.clear();
      return;
    }
    this.written.add(id, partitions);
    const relation = relationName(id);
    for (const [question, answers] of this.#read) {
      if (answers[0]?.relation !== relation) continue;
      if (partitions === undefined) this.#read.delete(question);
      else
        this.#read.set(
          question,
          answers.map((answer) => withStale(answer, partitions)),
        );
    }
  }

  get read(): readonly DigestsRead[] {
    return [...this.#read.values()].flat();
  }
}

/** An answer once some partitions were written to. */
function withStale<T extends DigestsAnswer>(answer: T, partitions: ReadonlySet<Partition>): T {
  return { ...answer, stale: new Set([...answer.stale, ...partitions]) };
}
