import type { Relation } from "../../port/port.js";
import { underWay } from "./under-way.js";

/** A stretch of time in which nobody commits a change of the catalogue. */
export type CatalogMoment = number;

/** What a transaction has done to the catalogue. */
export interface CatalogChanges {
  /** The relations that it made, by key, as they are now. */
  readonly made: ReadonlyMap<string, Relation>;
  /** Something else changed, and nobody knows what. */
  readonly unknown: boolean;
}

/**
 * The committed relations of one database, kept from one transaction to the next: reading the catalogue costs as much as it has tables.
 * The file is locked by this process, so that whoever changes it in here is known. A snapshot that was fixed while somebody else was
 * committing such a change lies on one side of it or the other, and who has it reads the catalogue himself.
 */
export class SharedCatalog {
  #committed: ReadonlyMap<string, Relation> | undefined;
  #moment: CatalogMoment = 0;
  readonly #commits = new Set<Promise<unknown>>();
  readonly #beginnings = new Set<Promise<unknown>>();
  #foreign = 0;
  readonly #told = new Set<() => void>();

  /**
   * Begins a transaction between two changes. Beginnings are short, so that changes wait for them.
   * @param begin fixes the transaction's snapshot
   * @returns the moment in which the snapshot lies; undefined: nobody can tell
   */
  async begin(begin: () => Promise<unknown>): Promise<CatalogMoment | undefined> {
    return between(this.#commits, this.#beginnings, async () => {
      const moment = this.#now();
      await begin();
      return moment === this.#now() ? moment : undefined;
    });
  }

  /** Undefined: a change is under way. */
  #now(): CatalogMoment | undefined {
    return this.#commits.size > 0 || this.#foreign > 0 ? undefined : this.#moment;
  }

  /** What a snapshot that was fixed within this moment sees; undefined: nobody has read it. */
  at(moment: CatalogMoment | undefined): ReadonlyMap<string, Relation> | undefined {
    return moment === this.#moment ? this.#committed : undefined;
  }

  /** Keeps what a transaction has read that changed nothing before. */
  keep(moment: CatalogMoment | undefined, relations: ReadonlyMap<string, Relation>): void {
    if (moment === this.#moment) this.#committed = relations;
  }

  /** Commits what changes the catalogue. Two that overlap changed different relations: the engine refuses anything else. */
  async commit(changes: CatalogChanges, commit: () => Promise<unknown>): Promise<void> {
    await between(this.#beginnings, this.#commits, async () => {
      let committed: ReadonlyMap<string, Relation> | undefined;
      try {
        await commit();
        committed = changes.unknown ? undefined : this.#committed;
      } finally {
        this.#changed(committed && new Map([...committed, ...changes.made]));
      }
    });
  }

  /**
   * From now on somebody commits whatever and whenever he likes: nothing is kept here any more.
   * @param told what he does when somebody who is known has changed the catalogue
   * @returns ends his time
   */
  abandonTo(told: () => void): () => void {
    this.#told.add(told);
    this.#foreign += 1;
    this.#changed();
    return () => {
      if (!this.#told.delete(told)) return;
      this.#foreign -= 1;
      this.#changed();
    };
  }

  #changed(committed?: ReadonlyMap<string, Relation>): void {
    this.#moment += 1;
    this.#committed = committed;
    for (const told of this.#told) told();
  }

  /** Runs what commits on its own whatever and whenever it likes. */
  async whileForeign<T>(work: () => Promise<T>): Promise<T> {
    this.#foreign += 1;
    try {
      return await work();
    } finally {
      this.#foreign -= 1;
      this.#changed();
    }
  }
}

/** Does some work while none of the others is under way, and is itself among those that they wait for. */
async function between<T>(
  others: ReadonlySet<Promise<unknown>>,
  own: Set<Promise<unknown>>,
  work: () => Promise<T>,
): Promise<T> {
  while (others.size > 0) await Promise.allSettled(others);
  return underWay(own, work);
}
