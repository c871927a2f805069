import { digestText } from "../../port/digest-text.js";
import type { Fingerprint, Partition } from "../../port/identity.js";
import type { DateRange, PartitionDigest, RelationId } from "../../port/port.js";
import { DigestFile, type KeptAnswer } from "./digest-file.js";
import { CLOCK_DOUBT_MS, fileIdentity, fileState } from "./file-state.js";
import {
  covers,
  type DigestSource,
  type DigestsAnswer,
  type DigestsRead,
  inRange,
  type TransactionDigests,
  WrittenRelations,
} from "./transaction-digests.js";

/** What nobody has asked for in so many commands that kept it is forgotten. */
const MOST_UNUSED = 10;

/**
 * Digests of the tables of one database file: those that an earlier process has kept beside it and those that this one reads, as long as
 * nobody has written to the table. Every transaction says what it writes before it commits; the file is locked, so that no other process
 * writes. Who finds none reads the rows: nothing is ever decided by a digest's absence.
 */
export class KnownDigests implements DigestSource {
  readonly #path: string;
  readonly #file: DigestFile;
  readonly #alone: boolean;
  readonly #clockDoubtMs: number;
  readonly #identity: string | undefined;
  readonly #opened: string | undefined;
  /** By digest of the question. */
  #kept: Map<string, readonly KeptAnswer[]> | undefined;
  /** Moves with every commit. */
  #now = 0;
  readonly #lastWritten = new Map<string, number>();
  #lastAllWritten = 0;
  readonly #committing = new Set<WrittenRelations>();
  #isNew = false;

  /**
   * To be made as soon as the file is open, and thereby locked.
   * @param alone nothing else in this process writes to the file; otherwise digests hold until anybody has, whoever it was
   * @param clockDoubtMs the age below which the file's times do not tell whether somebody else in this process has written
   */
  constructor(path: string, alone: boolean, clockDoubtMs: number = CLOCK_DOUBT_MS) {
    this.#path = path;
    this.#file = new DigestFile(path);
    this.#alone = alone;
    this.#clockDoubtMs = alone ? 0 : clockDoubtMs;
    this.#identity = fileIdentity(path);
    this.#opened = this.#state();
  }

  /** The place in the order of commits of a snapshot that is fixed after this. */
  begin(): number {
    return this.#now;
  }

  find(relation: string, question: string, range: DateRange | undefined, begun: number): DigestsAnswer | undefined {
    if (!this.#holds || !this.#isCurrent(relation, begun)) return undefined;
    const key = digestText(question);
    const answers = this.#known.get(key) ?? [];
    const answer = answers.find((one) => covers(one.range, range));
    if (answer === undefined) return undefined;
    this.#known.set(
      key,
      answers.map((one) => (one === answer ? { ...one, unused: 0 } : one)),
    );
    return answerOf(answer, range);
  }

  /** Commits a transaction: nobody knows any more what it wrote, but for what it has read of it afterwards. */
  async commit({ written, begun, read }: TransactionDigests, commit: () => Promise<unknown>): Promise<void> {
    if (!written.isNothing && this.#isRenamedSince(begun)) written.addAll();
    const started = this.#now;
    // A table that it renames has rows under its new name that others have given it under the old one.
    const undisturbed = written.isEverything ? [] : read.filter(({ relation }) => this.#isCurrent(relation, begun));
    this.#forget(written);
    let exact: readonly DigestsRead[] = [];
    try {
      await commit();
      exact = undisturbed.filter(
        ({ relation, stale }) => stale.size === 0 && this.#isCurrent(relation, started, written),
      );
    } finally {
      this.#end(written);
    }
    if (this.#holds) for (const one of exact) this.#keep(one);
  }

  /** Runs what commits on its own whenever it likes, and tells what it writes to before it does; undefined: to anything. */
  async whileForeign<T>(work: (wrote: (id: RelationId | undefined) => void) => Promise<T>): Promise<T> {
    const written = new WrittenRelations();
    try {
      return await work((id) => {
        // Its snapshot is fixed after this: only who commits already may rename a table under it unseen.
        if (id === undefined || this.#isRenamedSince(this.#now)) written.addAll();
        else written.add(id);
        this.#forget(written);
      });
    } finally {
      this.#end(written);
    }
  }

  /** From now on somebody commits whatever and whenever he likes: nothing is known any more. */
  abandon(): void {
    this.#forget(everything());
  }

  /**
   * Keeps what is known for later processes; to be called while the file is still locked, by the last who has it open.
   * @param checkpoint brings into the file itself all that was committed
   */
  async save(checkpoint: () => Promise<unknown>): Promise<void> {
    const hasWritten = this.#now > 0;
    if (!(this.#isNew || hasWritten) || !this.#holds || fileIdentity(this.#path) !== this.#identity) return;
    const kept = [...this.#known].flatMap(([key, answers]) => {
      const used = answers.filter(({ unused }) => unused < MOST_UNUSED);
      return used.length === 0 ? [] : [[key, used] as const];
    });
    if (kept.length === 0) return;
    try {
      if (hasWritten) await checkpoint();
    } catch {
      // Somebody is still at it.
      return;
    }
    const later = kept.map(
      ([key, answers]) => [key, answers.map((one) => ({ ...one, unused: one.unused + 1 }))] as const,
    );
    await this.#file.write(new Map(later), this.#identity);
  }

  get #known(): Map<string, readonly KeptAnswer[]> {
    this.#kept ??= new Map(this.#file.read(this.#opened));
    return this.#kept;
  }

  /** Whether nobody can have written what this does not know of. */
  get #holds(): boolean {
    return this.#alone || (this.#opened !== undefined && this.#opened === this.#state());
  }

  #state(): string | undefined {
    return fileState(this.#path, this.#clockDoubtMs);
  }

  /** Whether a snapshot sees a relation as it is, because nobody has committed anything to it since, nor does so now. */
  #isCurrent(relation: string, begun: number, own?: WrittenRelations): boolean {
    for (const written of this.#committing) if (written !== own && written.has(relation)) return false;
    return Math.max(this.#lastWritten.get(relation) ?? 0, this.#lastAllWritten) <= begun;
  }

  /** Whether what a transaction calls by a name may have another one by now: the engine lets it write to a table that was renamed meanwhile. */
  #isRenamedSince(begun: number): boolean {
    return this.#lastAllWritten > begun || [...this.#committing].some(({ isEverything }) => isEverything);
  }

  #keep({ relation, question, range, digests }: DigestsRead): void {
    this.#isNew = true;
    const rows = [...digests].map(([partition, { rows, digest }]) => [partition, rows, digest] as const);
    const key = digestText(question);
    const others = (this.#known.get(key) ?? []).filter((other) => !covers(range, other.range));
    this.#known.set(key, [{ relation, unused: 0, range, digests: rows, stale: [] }, ...others]);
  }

  /** Somebody begins to commit what he has written. */
  #forget(written: WrittenRelations): void {
    if (written.isNothing) return;
    if (written.isEverything) for (const other of this.#committing) other.addAll();
    this.#committing.add(written);
    for (const [key, answers] of this.#known) {
      const relation = answers[0]?.relation ?? "";
      if (!written.has(relation)) continue;
      const touched = written.touched(relation);
      if (touched === undefined) this.#known.delete(key);
      else
        this.#known.set(
          key,
          answers.map((one) => ({ ...one, stale: [...new Set([...one.stale, ...touched])] })),
        );
    }
  }

  #end(written: WrittenRelations): void {
    if (!this.#committing.delete(written)) return;
    this.#now += 1;
    if (written.isEverything) this.#lastAllWritten = this.#now;
    for (const relation of written.names) this.#lastWritten.set(relation, this.#now);
  }
}

/** What a kept answer says of a part of the range that it is of. */
function answerOf({ range, digests, stale }: KeptAnswer, asked: DateRange | undefined): DigestsAnswer {
  const isWhole = asked === undefined || covers(asked, range);
  const isIn = isWhole ? () => true : inRange(asked);
  const known = new Map<Partition, PartitionDigest>();
  for (const [partition, rows, digest] of digests)
    if (isIn(partition)) known.set(partition as Partition, { rows, digest: digest as Fingerprint });
  return { range: isWhole ? range : asked, digests: known, stale: new Set(stale.filter(isIn) as Partition[]) };
}

function everything(): WrittenRelations {
  const written = new WrittenRelations();
  written.addAll();
  return written;
}
