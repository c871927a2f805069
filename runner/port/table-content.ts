import type { TableDefinition } from "./port.js";
import type { RowBatches, RowWindow } from "./table-reader.js";

/** Rows that become the content of a table, or of some days of it. */
export interface ReplaceContentRequest {
  readonly table: TableDefinition;
  /** In the order of the table's columns. */
  readonly rows: RowBatches;
  /** The days whose rows are replaced, while others stay; undefined: all, and the table takes columns and layout of the definition. */
  readonly window: RowWindow | undefined;
}

/** What became of a table whose content was replaced. */
export interface ReplacedContent {
  readonly rows: number;
  /** Rows that were there before and are gone; undefined: there was no such table. */
  readonly replaced: number | undefined;
}
