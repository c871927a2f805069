import type { DuckDBConnection } from "@duckdb/node-api";
import { DECLARED_MARK } from "../../dialect/declared-type.js";
import type { Relation, RelationId, Stage } from "../../port/port.js";
import { type Column, collationOf } from "../../port/sql-types.js";
import { type Layout, layoutSql } from "./catalog.js";
import { quoteName, quotePath, quoteText } from "./quote.js";
import { duckdbType } from "./types.js";

/**
 * Creates a table with its dataset and layout; the table must not exist.
 * @param relations that somebody has seen: a dataset of theirs need not be looked for
 */
export async function createTable(
  connection: DuckDBConnection,
  id: RelationId,
  columns: readonly (Column & { readonly required?: boolean })[],
  layout: Layout,
  relations?: ReadonlyMap<string, Relation>,
): Promise<void> {
  const list = columns.map(
    (column) => `${quoteName(column.name)} ${duckdbType(column.type)}${column.required ? " NOT NULL" : ""}`,
  );
  const dataset = datasetSql(id, relations);
  const statements = [
    ...(dataset === undefined ? [] : [dataset]),
    `CREATE TABLE ${quotePath(id)} (${list.join(", ")})`,
    ...describingSql(id, columns, layout),
  ];
  // One call: among a thousand small tables each more would take as long as what it asks for.
  await connection.run(statements.join(";\n"));
}

/** The statement that makes the dataset of a relation; undefined: one of the relations that are there is in it. */
export function datasetSql(
  { dataset }: RelationId,
  relations: ReadonlyMap<string, Relation> = new Map(),
): string | undefined {
  for (const { id } of relations.values()) if (id.dataset === dataset) return undefined;
  return `CREATE SCHEMA IF NOT EXISTS ${quoteName(dataset)}`;
}

/** The statements that record what a table's columns and types do not tell. */
export function describingSql(id: RelationId, columns: readonly Column[], layout: Layout): readonly string[] {
  // A collation is part of what a text is compared by; other parameters of a type only restrict what is written.
  const collated = columns.filter(({ declared = "" }) => collationOf({ declared }) !== undefined);
  return [
    ...collated.map(
      ({ name, declared = "" }) =>
        `COMMENT ON COLUMN ${quotePath(id)}.${quoteName(name)} IS ${quoteText(DECLARED_MARK + declared)}`,
    ),
    layoutSql(id, layout),
  ];
}

/** The statement that makes a table of a query's rows, with the types that the columns have in GoogleSQL. */
export function tableOfSql(id: RelationId, columns: readonly Column[], query: string): string {
  const typed = columns.map(
    ({ name, type }) => `CAST(${quoteName(name)} AS ${duckdbType(type)}) AS ${quoteName(name)}`,
  );
  return `CREATE TABLE ${quotePath(id)} AS SELECT ${typed.join(", ")} FROM (${query})`;
}

/** Where the rows of a stage are. */
export function stagePath({ name, table }: Stage): string {
  return table === undefined ? `temp.main.${quoteName(name)}` : quotePath(table);
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
