import type { RowObject, TableDefinition } from "../runner/port/port.js";

/** How often `data_hash` differed, per table, for one load. */
export interface LoadedTable {
  readonly table: string;
  readonly rowsRead: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** Rows of one raw table. `rows` may be consumed once; it throws `LoadError` for damaged input. */
export interface TableBatch {
  readonly table: TableDefinition;
  readonly rows: AsyncIterable<RowObject> | Iterable<RowObject>;
}

/**
 * What a loader module exports as `load`: turns its arguments into batches, in the order in which they are to be merged.
 * The runner merges all batches of one load by primary key in ONE transaction: a row whose `data_hash` is equal is left
 * untouched, any thrown error leaves the warehouse as it was. A loader never opens the warehouse itself.
 */
export interface LoaderResult {
  readonly batches: AsyncIterable<TableBatch> | Iterable<TableBatch>;
  /** One line each: what the source does not have and is therefore NULL or absent. Complete once `batches` has ended. */
  readonly notes: readonly string[];
}

export interface LoaderModule {
  load(args: readonly string[], options: Readonly<Record<string, string>>): Promise<LoaderResult>;
}

/** Bad input: names file, line and column (1-based, where known) and says what to do. Exit code 2. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  constructor(
    readonly file: string,
    readonly line: number | undefined,
    readonly column: number | undefined,
    detail: string,
  ) {
    super(`${[file, line, column].filter((part) => part !== undefined).join(":")}: ${detail}`);
  }
}
