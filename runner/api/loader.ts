/**
 * The contract of loaders: modules that `fastbreak.json` names under `loaders` and that turn files or services into rows of raw
 * tables. Importing it loads nothing else of fastbreak.
 *
 * @example
 * ```ts
 * import { type LoaderResult, LoadError, type TableDefinition } from "fastbreak/loader";
 *
 * export async function load(args: readonly string[]): Promise<LoaderResult> {
 *   if (args.length > 0) throw new LoadError("load shops", undefined, undefined, "takes no argument");
 *   const table = {
 *     id: { dataset: "raw", name: "shops" },
 *     columns: [
 *       { name: "id", type: "INT64" },
 *       { name: "city", type: "STRING" },
 *     ],
 *     partitionColumn: undefined,
 *     clusterBy: [],
 *     primaryKey: ["id"],
 *   } satisfies TableDefinition;
 *   return { batches: [{ table, rows: [{ id: 1n, city: "Oslo" }] }], notes: [] };
 * }
 * ```
 * @module
 */
import type { RowObject, RowScope, TableDefinition } from "../port/port.js";

export type { RelationId, RowObject, RowScope, SqlValue, TableDefinition } from "../port/port.js";
export { type Column, type ScalarType, type SqlType, typeName } from "../port/sql-types.js";

/** How often `data_hash` differed, per table, for one load. */
export interface LoadedTable {
  readonly table: string;
  readonly rowsRead: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Rows that the source held before and holds no more. */
  readonly deleted: number;
}

/** Rows of one raw table. `rows` may be consumed once; it throws `LoadError` for damaged input. */
export interface TableBatch {
  readonly table: TableDefinition;
  readonly rows: AsyncIterable<RowObject> | Iterable<RowObject>;
  /**
   * The stored rows that the source is the truth for (its games, dates, events): of these, what is not among `rows` goes.
   * Asked for once `rows` has ended. Without it nothing goes.
   */
  readonly covers?: () => readonly RowScope[];
}

/** What earlier loads left in the warehouse, as it stands in the load's transaction. */
export interface StoredRows {
  /**
   * The different rows of some columns of a table, or those of which one of the `where` columns holds one of the values.
   * @returns no row if the table is not there yet; DATE and TIMESTAMP as text, INT64 as number
   */
  read(
    table: TableDefinition,
    columns: readonly string[],
    where?: { readonly columns: readonly string[]; readonly values: readonly string[] },
  ): Promise<readonly RowObject[]>;
}

/** Rows of a source that were not taken, counted by reason. */
export interface SkippedRows {
  readonly table: string;
  readonly file: string;
  readonly reason: string;
  readonly rows: number;
  /** The first of them: file, line, column and what is odd about it. */
  readonly first: string;
}

/** How far a load is. */
export interface LoadProgress {
  /** Parts that are done, of so many. */
  readonly done: number;
  readonly of: number;
  /** What a part is, as `file` or `table`. */
  readonly unit: string;
  /** What is being read, as the name of a file. */
  readonly now?: string;
}

export type Batches = AsyncIterable<TableBatch> | Iterable<TableBatch>;

/**
 * What a loader module exports as `load`: turns its arguments into batches, in the order in which they are to be written.
 * The runner writes all batches of one load in ONE transaction: a row whose `data_hash` is equal is left untouched, any
 * thrown error leaves the warehouse as it was. A loader never opens the warehouse itself; what it must know of earlier
 * loads it reads through `StoredRows`.
 */
export interface LoaderResult {
  /** The batches, or a function that makes them from what is stored. */
  readonly batches: Batches | ((stored: StoredRows) => Batches);
  /** One line each: what the source does not have and is therefore NULL or absent. Complete once `batches` has ended. */
  readonly notes: readonly string[];
  /** Complete once `batches` has ended. */
  readonly skipped?: readonly SkippedRows[];
  /** How far it is, asked for while the batches are read; without it only rows are counted. */
  readonly progress?: () => LoadProgress;
}

/** A loader's module. */
export interface LoaderModule {
  /**
   * @param args the words behind the loader's name on the command line
   * @param options its `--name value` flags
   */
  load(args: readonly string[], options: Readonly<Record<string, string>>): Promise<LoaderResult>;
}

/** Bad input: names file, line and column (1-based, where known) and says what to do. Exit code 2. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  readonly code = "load";
  constructor(
    readonly file: string,
    readonly line: number | undefined,
    readonly column: number | undefined,
    detail: string,
  ) {
    super(`${[file, line, column].filter((part) => part !== undefined).join(":")}: ${detail}`);
  }
}

/** One odd row: it is skipped, counted by `reason` and told; the rest of its file is taken. */
export class RowFault extends LoadError {
  constructor(
    file: string,
    line: number,
    column: number | undefined,
    detail: string,
    /** What rows of this kind have in common, without the values of this one. */
    readonly reason: string,
  ) {
    super(file, line, column, detail);
  }
}
