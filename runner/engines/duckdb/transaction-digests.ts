import { type PartitionDigests, type RelationId, relationKey } from "../../port/port.js";

/** How relations are told apart here: DuckDB takes names that differ in case for one. */
export function relationName(id: RelationId): string {
  return relationKey(id).toLowerCase();
}

/** The relations that one transaction has written to. */
export class WrittenRelations {
  readonly #names = new Set<string>();
  #isEverything = false;

  add(id: RelationId): void {
    this.#names.add(relationName(id));
  }

  /** Nobody knows which. */
  addAll(): void {
    this.#isEverything = true;
  }

  has(name: string): boolean {
    return this.#isEverything || this.#names.has(name);
  }

  get isEverything(): boolean {
    return this.#isEverything;
  }

  get isNothing(): boolean {
    return !this.#isEverything && this.#names.size === 0;
  }

  get names(): Iterable<string> {
    return this.#names;
  }
}

/** Digests of one table, and the request that they answer. */
export interface DigestsRead {
  readonly relation: string;
  readonly request: string;
  readonly digests: PartitionDigests;
}

/** Where the digests are that a transaction need not read. */
export interface DigestSource {
  /** The answer to a request, as a snapshot sees it; undefined: nobody has kept it. */
  find(relation: string, request: string, begun: number): PartitionDigests | undefined;
}

/** What one transaction has read and written, as far as digests are concerned. */
export class TransactionDigests {
  readonly written = new WrittenRelations();
  readonly begun: number;
  readonly #source: DigestSource | undefined;
  readonly #read = new Map<string, DigestsRead>();

  /**
   * @param source undefined: everything is read
   * @param begun where in the order of commits the transaction's snapshot was fixed
   */
  constructor(source: DigestSource | undefined, begun: number) {
    this.#source = source;
    this.begun = begun;
  }

  find(id: RelationId, request: string): PartitionDigests | undefined {
    const relation = relationName(id);
    const own = this.#read.get(request);
    if (own !== undefined || this.written.has(relation)) return own?.digests;
    return this.#source?.find(relation, request, this.begun);
  }

  keep(id: RelationId, request: string, digests: PartitionDigests): void {
    this.#read.set(request, { relation: relationName(id), request, digests });
  }

  /** A relation was written to; undefined: nobody knows which. */
  wrote(id: RelationId | undefined): void {
    if (id === undefined) {
      this.written.addAll();
      this.#read.clear();
      return;
    }
    this.written.add(id);
    const relation = relationName(id);
    for (const read of this.#read.values()) if (read.relation === relation) this.#read.delete(read.request);
  }

  get read(): readonly DigestsRead[] {
    return [...this.#read.values()];
  }
}
