import type { DuckDBConnection } from "@duckdb/node-api";
import { DECLARED_MARK } from "../../dialect/declared-type.js";
import type { RelationId } from "../../port/port.js";
import { type Column, collationOf } from "../../port/sql-types.js";
import { type Layout, layoutSql } from "./catalog.js";
import { quoteName, quotePath, quoteText } from "./quote.js";
import { duckdbType } from "./types.js";

/**
 * Creates a table with its dataset and layout; the table must not exist.
 * @param isDatasetThere somebody has seen its dataset: it need not be looked for
 */
export async function createTable(
  connection: DuckDBConnection,
  id: RelationId,
  columns: readonly (Column & { readonly required?: boolean })[],
  layout: Layout,
  isDatasetThere = false,
): Promise<void> {
  const list = columns.map(
    (column) => `${quoteName(column.name)} ${duckdbType(column.type)}${column.required ? " NOT NULL" : ""}`,
  );
  const statements = [
    ...(isDatasetThere ? [] : [`CREATE SCHEMA IF NOT EXISTS ${quoteName(id.dataset)}`]),
    `CREATE TABLE ${quotePath(id)} (${list.join(", ")})`,
    // A collation is part of what a text is compared by; other parameters of a type only restrict what is written.
    ...columns
      .filter(({ declared = "" }) => collationOf({ declared }) !== undefined)
      .map(
        ({ name, declared = "" }) =>
          `COMMENT ON COLUMN ${quotePath(id)}.${quoteName(name)} IS ${quoteText(DECLARED_MARK + declared)}`,
      ),
    layoutSql(id, layout),
  ];
  // One call: among a thousand small tables each more would take as long as what it asks for.
  await connection.run(statements.join(";\n"));
}

/** Runs a statement that changes rows and tells how many. */
export async function changedRows(connection: DuckDBConnection, sql: string): Promise<number> {
  const result = await connection.run(sql);
  return result.rowsChanged;
}

/** The single number that a query answers with. */
export async function numberOf(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(sql);
  return Number(reader.getRowsJson()[0]?.[0] ?? 0);
}
