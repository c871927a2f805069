import type { DuckDBConnection } from "@duckdb/node-api";
import type { Relation } from "../../../port/port.js";
import { readCatalog } from "../catalog.js";
import type { RelationSource } from "../relation-source.js";

/**
 * What relations there are, read once for all jobs and again only after one of them has defined something. Nobody else writes to the
 * database: this process holds its file.
 */
export class SharedRelations implements RelationSource {
  readonly #onConnection: <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>;
  #known: Promise<ReadonlyMap<string, Relation>> | undefined;

  /** @param onConnection does something on a connection that is in no transaction */
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
