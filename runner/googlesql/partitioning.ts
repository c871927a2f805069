import type { Relation } from "../port/port.js";
import { quoteIdentifier } from "./quote.js";

/** How a table is partitioned, as the API of BigQuery writes it. */
export interface Partitioning {
  readonly timePartitioning?: { readonly type: string; readonly field?: string };
  readonly rangePartitioning?: {
    readonly field: string;
    readonly range: { readonly start: string; readonly end: string; readonly interval: string };
  };
}

const BY_DATE = /^DATE\s*\(\s*(\w+)\s*\)$/i;
const CUT = /^(?:DATE|DATETIME|TIMESTAMP)_TRUNC\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)$/i;
const RANGE = /^RANGE_BUCKET\s*\(\s*(\w+)\s*,\s*GENERATE_ARRAY\s*\(\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(\d+)\s*\)\s*\)$/i;
/** Columns of the time at which rows came. */
const INGESTION = /^_PARTITION/i;

/**
 * What stands behind PARTITION BY.
 * @returns undefined for what is none of the forms that BigQuery has
 */
export function partitioningOf(partitionBy: string): Partitioning | undefined {
  const expression = partitionBy.replaceAll("`", "").trim();
  const column = /^\w+$/.exec(expression)?.[0] ?? BY_DATE.exec(expression)?.[1];
  if (column !== undefined) return { timePartitioning: { type: "DAY", ...fieldOf(column) } };
  const [, cut, unit = "DAY"] = CUT.exec(expression) ?? [];
  if (cut !== undefined) return { timePartitioning: { type: unit.toUpperCase(), ...fieldOf(cut) } };
  const [, field, start = "", end = "", interval = ""] = RANGE.exec(expression) ?? [];
  return field === undefined ? undefined : { rangePartitioning: { field, range: { start, end, interval } } };
}

function fieldOf(column: string): { readonly field?: string } {
  return INGESTION.test(column) ? {} : { field: column };
}

/**
 * A condition that holds for every row, and says of the partitions of a table that it reads them all.
 * @param alias of the table; undefined: columns are named without it
 */
export function everyPartition(relation: Pick<Relation, "filterColumn"> | undefined, alias?: string): string {
  if (relation?.filterColumn === undefined) return "TRUE";
  const column = `${alias === undefined ? "" : `${alias}.`}${quoteIdentifier(relation.filterColumn)}`;
  return `(${column} IS NULL OR ${column} IS NOT NULL)`;
}
