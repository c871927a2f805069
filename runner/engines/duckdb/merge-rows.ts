import type { DuckDBConnection } from "@duckdb/node-api";
import { EngineError } from "../../port/engine-error.js";
import {
  type MergeCounts,
  type Relation,
  type ReplaceCounts,
  type RowObject,
  type RowScope,
  relationKey,
  type TableDefinition,
} from "../../port/port.js";
import { appendTo } from "./append.js";
import { exactValues } from "./exact-values.js";
import { quoteName, quotePath } from "./quote.js";
import { changedRows, createTable, numberOf } from "./tables.js";
import { duckdbType } from "./types.js";
import { appendRow } from "./values.js";

const INCOMING = "incoming_rows";
const SCOPE = "scope_rows";

/**
 * Merges loaded rows into a raw table by primary key. The table is created when it is
 * missing. A row whose compared columns (its `rowHash`, or without one all) are the stored ones stays untouched, so that
 * loading a file twice changes nothing.
 */
export async function mergeRows(
  connection: DuckDBConnection,
  existing: Relation | undefined,
  table: TableDefinition,
  rows: AsyncIterable<RowObject> | Iterable<RowObject>,
): Promise<MergeCounts> {
  const { deleted: _, ...counts } = await replaceRows(connection, existing, table, rows, () => []);
  return counts;
}

/** Merges rows as `mergeRows` does and deletes the stored rows of the scopes whose key did not come. */
export async function replaceRows(
  connection: DuckDBConnection,
  existing: Relation | undefined,
  table: TableDefinition,
  rows: AsyncIterable<RowObject> | Iterable<RowObject>,
  scopes: () => readonly RowScope[],
): Promise<ReplaceCounts> {
  if (existing === undefined) await createTable(connection, table.id, table.columns, table);
  else requireColumns(existing, table);
  const read = await appendIncoming(connection, table, rows);
  await refuseDuplicates(connection, table);
  let deleted = 0;
  for (const scope of scopes()) deleted += await deleteGone(connection, table, scope);
  const counts = await applyIncoming(connection, table);
  await connection.run(`DROP TABLE temp.main.${INCOMING}`);
  return { read, ...counts, unchanged: read - counts.inserted - counts.updated, deleted };
}

/** Deletes the stored rows of one scope whose key is not among the incoming ones. */
async function deleteGone(connection: DuckDBConnection, table: TableDefinition, scope: RowScope): Promise<number> {
  if (scope.values.length === 0) return 0;
  const columns = scope.columns.map((name) => {
    const column = table.columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw new TypeError(`${relationKey(table.id)} has no column ${name} to replace rows by`);
    return column;
  });
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${SCOPE} (${columns.map(({ name, type }) => `${quoteName(name)} ${duckdbType(type)}`).join(", ")})`,
  );
  await appendTo(connection, { temporary: SCOPE }, (appender) => {
    for (const values of scope.values)
      appendRow(appender, columns, Object.fromEntries(columns.map(({ name }, index) => [name, values[index] ?? null])));
  });
  const inScope = columns.map(({ name }) => `t$.${quoteName(name)} IS NOT DISTINCT FROM c$.${quoteName(name)}`);
  const deleted = await changedRows(
    connection,
    `DELETE FROM ${quotePath(table.id)} AS t$ WHERE EXISTS (SELECT 1 FROM temp.main.${SCOPE} c$ WHERE ${inScope.join(" AND ")}) AND NOT EXISTS (SELECT 1 FROM temp.main.${INCOMING} s$ WHERE ${sameKey(table)})`,
  );
  await connection.run(`DROP TABLE temp.main.${SCOPE}`);
  return deleted;
}

function sameKey(table: TableDefinition): string {
  return table.primaryKey.map((column) => `t$.${quoteName(column)} = s$.${quoteName(column)}`).join(" AND ");
}

async function appendIncoming(
  connection: DuckDBConnection,
  table: TableDefinition,
  rows: AsyncIterable<RowObject> | Iterable<RowObject>,
): Promise<number> {
  const list = table.columns.map((column) => `${quoteName(column.name)} ${duckdbType(column.type)}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${INCOMING} (${list.join(", ")})`);
  return appendTo(connection, { temporary: INCOMING }, async (appender) => {
    let read = 0;
    for await (const row of rows) {
      appendRow(appender, table.columns, row);
      read += 1;
    }
    return read;
  });
}

async function refuseDuplicates(connection: DuckDBConnection, table: TableDefinition): Promise<void> {
  const key = table.primaryKey.map(quoteName).join(", ");
  const reader = await connection.runAndReadAll(
    `SELECT ${key} FROM temp.main.${INCOMING} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1`,
  );
  const row = reader.getRowsJson()[0];
  if (row) {
    throw new EngineError(
      "data",
      `${relationKey(table.id)}: two rows have the same key (${table.primaryKey.join(", ")}) = (${row.join(", ")})`,
    );
  }
}

async function applyIncoming(
  connection: DuckDBConnection,
  table: TableDefinition,
): Promise<{ inserted: number; updated: number }> {
  const target = quotePath(table.id);
  const names = table.columns.map((column) => quoteName(column.name));
  const assignments = names.map((name) => `${name} = s$.${name}`).join(", ");
  const compared = table.comparedBy ?? (table.rowHash === undefined ? undefined : [table.rowHash]);
  const isDifferent = table.columns
    .filter(({ name }) => compared === undefined || compared.includes(name))
    .flatMap(({ name, type }) => {
      const ours = exactValues(`s$.${quoteName(name)}`, type);
      return exactValues(`t$.${quoteName(name)}`, type).map(
        (value, index) => `${value} IS DISTINCT FROM ${ours[index]}`,
      );
    })
    .join(" OR ");
  const stored = await numberOf(connection, `SELECT count(*) FROM ${target}`);
  const updated =
    stored === 0
      ? 0
      : await changedRows(
          connection,
          `UPDATE ${target} AS t$ SET ${assignments} FROM temp.main.${INCOMING} s$ WHERE ${sameKey(table)} AND (${isDifferent})`,
        );
  const onlyNew = stored === 0 ? "" : ` WHERE NOT EXISTS (SELECT 1 FROM ${target} t$ WHERE ${sameKey(table)})`;
  const inserted = await changedRows(
    connection,
    `INSERT INTO ${target} (${names.join(", ")}) SELECT ${names.map((name) => `s$.${name}`).join(", ")} FROM temp.main.${INCOMING} s$${onlyNew}`,
  );
  return { inserted, updated };
}

function requireColumns(existing: Relation, table: TableDefinition): void {
  const names = new Set(existing.columns.map((column) => column.name));
  const missing = table.columns.filter((column) => !names.has(column.name)).map((column) => column.name);
  if (missing.length > 0) {
    throw new EngineError(
      "data",
      `${relationKey(table.id)} lacks the columns ${missing.join(", ")}; it was made by an older version`,
    );
  }
}
