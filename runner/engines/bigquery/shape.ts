import { quoteIdentifier } from "../../googlesql/quote.js";
import type { Relation } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { keptColumn } from "../columns.js";
import { writtenType } from "./literals.js";
import { OLD } from "./pending.js";

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
