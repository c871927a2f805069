import type { DuckDBConnection } from "@duckdb/node-api";
import { type Relation, type RowColumns, rowColumnNames } from "../../port/port.js";
import { type Column, typeName } from "../../port/sql-types.js";
import type { Layout } from "./catalog.js";
import { quoteName, quotePath } from "./quote.js";
import { createTable } from "./tables.js";

/** Names of columns are compared without case. */
export function isSameName(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a.toLowerCase() === b?.toLowerCase();
}

/** The columns that the runner maintains, in lower case. */
export function ownColumns(columns: RowColumns): ReadonlySet<string> {
  return new Set(rowColumnNames(columns).map((name) => name.toLowerCase()));
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

/** Whether a table has this layout. */
export function isSameLayout(existing: Relation, layout: Layout): boolean {
  const shown = (one: Layout) => JSON.stringify([one.partitionColumn, one.clusterBy, one.primaryKey]);
  return shown(existing) === shown(layout);
}

/** Gives a table other columns, or its columns in another order: its rows stay, with NULL where a column is new or of another type. */
export async function reshape(
  connection: DuckDBConnection,
  existing: Relation,
  wanted: readonly Column[],
  layout: Layout,
): Promise<void> {
  const target = quotePath(existing.id);
  const kept = existing.columns.flatMap((column) => {
    const to = keptColumn(wanted, column);
    return to === undefined ? [] : [{ from: quoteName(column.name), to: quoteName(to.name) }];
  });
  await connection.run(`CREATE OR REPLACE TEMP TABLE rows_before AS SELECT * FROM ${target}`);
  await connection.run(`DROP TABLE ${target}`);
  await createTable(connection, existing.id, wanted, layout);
  await connection.run(
    `INSERT INTO ${target} (${kept.map(({ to }) => to).join(", ")})` +
      ` SELECT ${kept.map(({ from }) => from).join(", ")} FROM temp.rows_before`,
  );
  await connection.run("DROP TABLE temp.rows_before");
}
