import { type IngestionUnit, PARTITION_TIME } from "../../port/ingestion-time.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import type { Kept } from "../metadata/store.js";
import { quoted } from "../protocol/schema.js";

/** How the id of a partition of time is spelt. */
const FORMATS: Readonly<Record<IngestionUnit, string>> = {
  HOUR: "%Y%m%d%H",
  DAY: "%Y%m%d",
  MONTH: "%Y%m",
  YEAR: "%Y",
};

/**
 * A GoogleSQL expression of a row's partition, by the id that decorators and PARTITIONS have; undefined: there are none.
 * @param kept what is kept of the table
 */
export function partitionIds(kept: Kept, relation: RelationDetails): string | undefined {
  const { partitionColumn, ingestion } = relation;
  const { timePartitioning: time, rangePartitioning: range } = kept as {
    readonly timePartitioning?: { readonly type?: string; readonly field?: string };
    readonly rangePartitioning?: {
      readonly field: string;
      readonly range: Record<"start" | "end" | "interval", string>;
    };
  };
  if (ingestion !== undefined) return `FORMAT_TIMESTAMP('${FORMATS[ingestion]}', ${PARTITION_TIME})`;
  if (range !== undefined) return rangeIds(quoted(range.field), range.range);
  const field = partitionColumn ?? time?.field;
  const column = relation.columns.find(({ name }) => name.toLowerCase() === field?.toLowerCase());
  if (column === undefined) return undefined;
  const format = FORMATS[(time?.type ?? "DAY").toUpperCase() as IngestionUnit].replace("%Y", "%E4Y");
  return `COALESCE(FORMAT_${column.type}('${format}', ${quoted(column.name)}), '__NULL__')`;
}

/** Values outside of the range are in a partition of their own. */
function rangeIds(column: string, range: Readonly<Record<"start" | "end" | "interval", string>>): string {
  const [start, end, interval] = [BigInt(range.start), BigInt(range.end), BigInt(range.interval)];
  return (
    `CASE WHEN ${column} IS NULL THEN '__NULL__' WHEN ${column} < ${start} OR ${column} >= ${end} THEN '__UNPARTITIONED__'` +
    ` ELSE CAST(${column} - MOD(${column} - (${start}), ${interval}) AS STRING) END`
  );
}
