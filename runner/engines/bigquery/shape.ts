import { quoteIdentifier } from "../../googlesql/quote.js";
import type { Relation } from "../../port/port.js";
import { type Column, typeName } from "../../port/sql-types.js";
import { writtenType } from "./literals.js";
import { OLD } from "./pending.js";

/** Names of columns are compared without case. */
export function isSameName(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a.toLowerCase() === b?.toLowerCase();
}

/** The column among `wanted` that can take over the values of another; undefined: its values are lost. */
export function keptColumn(wanted: readonly Column[], { name, type }: Column): Column | undefined {
  return wanted.find((column) => isSameName(column.name, name) && typeName(column.type) === typeName(type));
}

/** Whether a table has exactly these columns, in this order and spelling. */
export function isSameShape(existing: Relation, wanted: readonly Column[]): boolean {
  const typed = (columns: readonly Column[]) => columns.map(({ name, type }) => `${name} ${typeName(type)}`).join();
  return existing.foreignColumns.length === 0 && typed(existing.columns) === typed(wanted);
}

/** Rows of a table in other columns: NULL where a column is new or of another type. */
export function reshapedRows(existing: Relation, wanted: readonly Column[], source: string): string {
  const columns = wanted.map(({ name, type }) => {
    const from = existing.columns.find((column) => keptColumn([{ name, type }], column) !== undefined);
    const value = from === undefined ? `CAST(NULL AS ${writtenType(type)})` : `${OLD}.${quoteIdentifier(from.name)}`;
    return `${value} AS ${quoteIdentifier(name)}`;
  });
  return `SELECT ${columns.join(", ")} FROM ${source} AS ${OLD}`;
}

/** PARTITION BY and CLUSTER BY of a table. */
export function layoutSql(partitionColumn: string | undefined, clusterBy: readonly string[]): string {
  const partition = partitionColumn === undefined ? "" : ` PARTITION BY ${quoteIdentifier(partitionColumn)}`;
  const cluster = clusterBy.length === 0 ? "" : ` CLUSTER BY ${clusterBy.map(quoteIdentifier).join(", ")}`;
  return `${partition}${cluster}`;
}
