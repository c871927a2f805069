import type { DateRange, RelationId, SqlValue, TableDefinition, WorkPurpose } from "./port.js";

/** A column by whose days rows are chosen. */
export interface DatedColumn {
  readonly name: string;
  readonly type: "DATE" | "DATETIME" | "TIMESTAMP";
}

/** A relation whose rows can be copied elsewhere. */
export interface ReadableTable {
  /** The relation that was asked for; of a pattern with a star at its end, the pattern. */
  readonly asked: RelationId;
  /** The columns of its rows, in order, and the layout of a table that takes them. */
  readonly definition: TableDefinition;
  /** What it is, in words: a table, a view, an external table. */
  readonly kind: string;
  /** Columns, with their types, of which no value here can be made. */
  readonly foreign: readonly string[];
  /** Undefined: nobody knows before they are read. */
  readonly rows: number | undefined;
  /** The column by which only the partitions of a window are read; undefined: it has no such partitions. */
  readonly dated: DatedColumn | undefined;
  /** Its rows can be listed, which costs nothing; of others they are asked for by a query. */
  readonly lists: boolean;
}

/** Which rows of a table are read. */
export interface ReadRequest {
  readonly table: ReadableTable;
  /** Only the rows of these days of a column; undefined: all. */
  readonly window: RowWindow | undefined;
  /** Only so many of them; undefined: all. */
  readonly sample: Sample | undefined;
}

export interface RowWindow {
  readonly column: DatedColumn;
  readonly range: DateRange;
}

/** A share of the rows between 0 and 1, or a number of them. */
export type Sample = { readonly share: number } | { readonly rows: number };

/** Rows as they come, some at a time, each in the order of the table's columns. */
export type RowBatches = AsyncIterable<readonly (readonly SqlValue[])[]>;

/** Reads whole tables a piece at a time, so that no table has to fit into memory. */
export interface TableReader {
  /**
   * What there is of some relations; those that are not there are left out. A name that ends with a star stands for all tables that begin
   * so.
   */
  find(ids: readonly RelationId[]): Promise<readonly ReadableTable[]>;
  /** Bytes that reading would process; nothing runs. 0: it costs nothing. */
  estimate(request: ReadRequest): Promise<number>;
  /**
   * The rows as they were at one moment.
   * @throws EngineError `conflict` where the table was written while it was read: what came must not be kept
   */
  read(request: ReadRequest, about: WorkPurpose): RowBatches;
}
