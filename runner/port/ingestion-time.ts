/** How long the partitions of a table are that is partitioned by the time at which its rows came. */
export type IngestionUnit = "HOUR" | "DAY" | "MONTH" | "YEAR";

/** The column of such a table that holds the start of a row's partition; it is none that `*` gives. */
export const PARTITION_TIME = "_PARTITIONTIME";

/** The same as a date, where partitions are days. */
export const PARTITION_DATE = "_PARTITIONDATE";
