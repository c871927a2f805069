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
import type { RowObject, TableDefinition } from "../port/port.js";

export type { RelationId, RowObject, SqlValue, TableDefinition } from "../port/port.js";
export { type Column, type ScalarType, type SqlType, typeName } from "../port/sql-types.js";

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
