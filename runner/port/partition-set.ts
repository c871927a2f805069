import { NULL_PARTITION, type Partition } from "./identity.js";
import type { DateRange } from "./port.js";

/** Some rows of a dated relation, by the value of its partition column. A set of both kinds holds what either of them does. */
export interface PartitionSet {
  /** Rows of these dates, ends included; ascending and apart from each other. */
  readonly within: readonly DateRange[];
  /** Rows without a date, and rows of every date that lies in none of these ranges; undefined: none of those. */
  readonly outside: readonly DateRange[] | undefined;
}

/** Whether rows of a partition are in the set. */
export function holds({ within, outside }: PartitionSet, partition: Partition): boolean {
  const isIn = (ranges: readonly DateRange[]) => ranges.some(({ from, to }) => partition >= from && partition <= to);
  if (partition === NULL_PARTITION) return outside !== undefined;
  return isIn(within) || (outside !== undefined && !isIn(outside));
}

/** The set leaves nothing out. */
export function isEverything({ outside }: PartitionSet): boolean {
  return outside?.length === 0;
}

/** The set as a condition that GoogleSQL and the engines' own SQL read alike. */
export function partitionTest(column: string, { within, outside }: PartitionSet): string {
  const between = ({ from, to }: DateRange) =>
    from === to ? `${column} = DATE '${from}'` : `${column} BETWEEN DATE '${from}' AND DATE '${to}'`;
  const tests = within.map(between);
  if (outside !== undefined) {
    const named = outside.map(between).join(" OR ");
    tests.push(named === "" ? "TRUE" : `${column} IS NULL OR NOT (${named})`);
  }
  return tests.length === 0 ? "FALSE" : `(${tests.join(" OR ")})`;
}
