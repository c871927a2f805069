import type { DuckDBConnection } from "@duckdb/node-api";
import { type Relation, type RowColumns, rowColumnNames } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { keptColumn } from "../columns.js";
import type { Layout } from "./catalog.js";
import { quoteName, quotePath } from "./quote.js";
import { createTable } from "./tables.js";

/** The columns that the runner maintains, in lower case. */
export function ownColumns(columns: RowColumns): ReadonlySet<string> {
  return new Set(rowColumnNames(columns).map((name) => name.toLowerCase()));
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
      ` SELECT ${kept.map(({ from }) => from).join(", ")} FROM temp.main.rows_before`,
  );
  await connection.run("DROP TABLE temp.main.rows_before");
}
