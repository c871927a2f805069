import type { DuckDBConnection } from "@duckdb/node-api";
import { type Relation, type RelationId, relationKey } from "../../../port/port.js";
import type { RelationDetails } from "../../../port/sql-jobs.js";
import { quotePath, quoteText } from "../quote.js";

/** Schemas that are no datasets: the engine's own, and the function library. */
const OWN_SCHEMAS = new Set(["main", "bq", "information_schema", "pg_catalog"]);

/** Names of the datasets, in order. */
export async function readDatasets(connection: DuckDBConnection): Promise<readonly string[]> {
  const sql = "SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database() ORDER BY schema_name";
  const rows = (await connection.runAndReadAll(sql)).getRowsJson() as unknown as [string][];
  return rows.map(([name]) => name).filter((name) => !OWN_SCHEMAS.has(name));
}

/** The columns of each relation, by its key, that do not take NULL. */
export type RequiredColumns = ReadonlyMap<string, ReadonlySet<string>>;

/** Of all relations at once: DuckDB goes through all columns whichever are asked for. */
export async function readRequired(connection: DuckDBConnection): Promise<RequiredColumns> {
  const sql = `SELECT schema_name, table_name, column_name FROM duckdb_columns()
    WHERE database_name = current_database() AND NOT is_nullable`;
  const required = new Map<string, Set<string>>();
  for (const [dataset, name, column] of (await connection.runAndReadAll(sql)).getRowsJson() as [
    string,
    string,
    string,
  ][]) {
    const key = relationKey({ dataset, name });
    required.set(key, (required.get(key) ?? new Set()).add(column));
  }
  return required;
}

/** Relations of a dataset with what only their definition tells; `name`: only this one. */
export async function readDetails(
  connection: DuckDBConnection,
  catalog: ReadonlyMap<string, Relation>,
  required: RequiredColumns,
  dataset: string,
  name: string | undefined,
): Promise<readonly RelationDetails[]> {
  const found =
    name === undefined
      ? [...catalog.values()].filter(({ id }) => id.dataset === dataset)
      : [catalog.get(relationKey({ dataset, name }))].filter((relation) => relation !== undefined);
  if (found.length === 0) return [];
  const counted = await countAll(
    connection,
    found.filter(({ kind }) => kind === "table"),
  );
  return found
    .sort((a, b) => (a.id.name < b.id.name ? -1 : 1))
    .map((relation) => {
      const key = relationKey(relation.id);
      return { ...relation, required: required.get(key) ?? new Set(), rows: counted.get(key) };
    });
}

/** Tables in one statement: one of them all would take DuckDB long to plan. */
const TABLES_AT_ONCE = 64;

/** How many rows tables have, by their keys. */
async function countAll(
  connection: DuckDBConnection,
  tables: readonly { readonly id: RelationId }[],
): Promise<ReadonlyMap<string, number>> {
  const counted = new Map<string, number>();
  for (let start = 0; start < tables.length; start += TABLES_AT_ONCE) {
    const some = tables.slice(start, start + TABLES_AT_ONCE);
    const counts = some.map(({ id }) => `SELECT ${quoteText(relationKey(id))}, count(*) FROM ${quotePath(id)}`);
    const reader = await connection.runAndReadAll(counts.join(" UNION ALL "));
    for (const [key, rows] of reader.getRowsJson()) counted.set(String(key), Number(rows));
  }
  return counted;
}
