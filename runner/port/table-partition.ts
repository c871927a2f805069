/** Rows of a table whose column lies within bounds. */
export interface TablePartition {
  /** How decorators name it: `20240131`. */
  readonly id: string;
  readonly column: string;
  readonly type: "DATE" | "DATETIME" | "TIMESTAMP" | "INT64";
  /** The first value, and the first behind it; undefined: rows without a value. */
  readonly bounds: { readonly from: string; readonly to: string } | undefined;
  /** The column holds when rows came: whoever writes to the partition says so by that. */
  readonly isArrival: boolean;
}
