declare const brand: unique symbol;

/** A text that only its maker may make: a hash of code is no fingerprint of rows, although both are hexadecimal digits. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** One value of a DATE partition column (`YYYY-MM-DD`), `WHOLE`, `REST`, or `NULL_PARTITION` where an engine tells of rows. */
export type Partition = Branded<"Partition">;

/** The one partition of a relation that has no partition column, or that is built as a whole. */
export const WHOLE = "*" as Partition;

/** Of a dated model: its rows without a date, and those of every date that a request does not name one by one. */
export const REST = "rest" as Partition;

/** Of no rows: the other relations that an action's statements make, which belong to none of its partitions. */
export const EFFECTS = "effects" as Partition;

/** Rows whose partition column is NULL: BigQuery's own name for that partition. */
export const NULL_PARTITION = "__NULL__" as Partition;

/** The partition of a date, `YYYY-MM-DD`. */
export function partitionOfDate(date: string): Partition {
  return date as Partition;
}

/** Order-independent digest of a set of rows. */
export type Fingerprint = Branded<"Fingerprint">;

/** The digest of a partition without rows. */
export const NO_ROWS = "empty" as Fingerprint;
