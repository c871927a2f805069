import type { DuckDBConnection } from "@duckdb/node-api";
import { type Relation, type RelationId, relationKey } from "../../port/port.js";
import { readCatalog, readColumnNames } from "./catalog.js";
import type { CatalogChanges, CatalogMoment, SharedCatalog } from "./shared-catalog.js";

/** Where the relations of the warehouse are read, kept until something may have changed them. */
export interface RelationSource {
  read(): Promise<ReadonlyMap<string, Relation>>;
  /** A relation was made, or made again; everything else stands. */
  put(relation: Relation): void;
  /** Something changed, and nobody knows what. */
  forget(): void;
}

/** The relations as one transaction sees them, its own changes included. */
export class TransactionRelations implements RelationSource, CatalogChanges {
  readonly #connection: DuckDBConnection;
  readonly #shared: SharedCatalog;
  readonly #moment: CatalogMoment | undefined;
  readonly #made = new Map<string, Relation>();
  #known: Promise<ReadonlyMap<string, Relation>> | undefined;
  #unknown = false;

  /**
   * @param moment in which the transaction's snapshot was fixed; undefined: nobody knows
   * @param fresh what is known from earlier transactions is not taken
   */
  constructor(
    connection: DuckDBConnection,
    shared: SharedCatalog,
    { moment, fresh }: { readonly moment: CatalogMoment | undefined; readonly fresh: boolean },
  ) {
    this.#connection = connection;
    this.#shared = shared;
    this.#moment = moment;
    const known = fresh ? undefined : shared.at(moment);
    this.#known = known && Promise.resolve(known);
  }

  get made(): ReadonlyMap<string, Relation> {
    return this.#made;
  }

  get unknown(): boolean {
    return this.#unknown;
  }

  /** Whether the transaction may have changed the catalogue. */
  get hasChanged(): boolean {
    return this.#unknown || this.#made.size > 0;
  }

  read(): Promise<ReadonlyMap<string, Relation>> {
    this.#known ??= this.#readAll();
    return this.#known;
  }

  /** The names of the columns of one relation, without reading the others; undefined: it is not there. */
  async columnNames(id: RelationId): Promise<readonly string[] | undefined> {
    if (this.#known === undefined) return readColumnNames(this.#connection, id);
    return (await this.#known).get(relationKey(id))?.columns.map(({ name }) => name);
  }

  async #readAll(): Promise<ReadonlyMap<string, Relation>> {
    const isUntouched = !this.hasChanged;
    const relations = await readCatalog(this.#connection);
    if (isUntouched) this.#shared.keep(this.#moment, relations);
    return relations;
  }

  put(relation: Relation): void {
    const key = relationKey(relation.id);
    this.#made.set(key, relation);
    this.#known = this.#known?.then((known) => new Map([...known, [key, relation]]));
  }

  forget(): void {
    this.#unknown = true;
    this.#known = undefined;
  }
}

/** The committed relations, of one connection or of many, read again only after one of them has defined something. */
export class CommittedRelations implements RelationSource {
  readonly #onConnection: <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>;
  #known: Promise<ReadonlyMap<string, Relation>> | undefined;

  /** @param onConnection does something on a connection whose statements commit one by one */
  constructor(onConnection: <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>) {
    this.#onConnection = onConnection;
  }

  async read(): Promise<ReadonlyMap<string, Relation>> {
    const reading = this.#known ?? this.#onConnection(readCatalog);
    this.#known = reading;
    try {
      return await reading;
    } catch (cause) {
      if (this.#known === reading) this.#known = undefined;
      throw cause;
    }
  }

  put(): void {
    this.forget();
  }

  forget(): void {
    this.#known = undefined;
  }
}
