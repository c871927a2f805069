import type { DuckDBConnection } from "@duckdb/node-api";
import { type Relation, type RelationId, relationKey } from "../../../port/port.js";
import { JobError, type WriteRequest } from "../../../port/sql-jobs.js";
import type { Column } from "../../../port/sql-types.js";
import { appendTo } from "../append.js";
import { readCatalog } from "../catalog.js";
import { quotePath } from "../quote.js";
import { appendRow } from "../values.js";
import { markSql } from "./change-marks.js";
import { jobError } from "./job-errors.js";
import { writePartition } from "./partition-write.js";
import { changeFields } from "./schema-changes.js";

/** How many rows are appended before those who wait for this process get a turn. */
const ROWS_AT_ONCE = 1000;

/**
 * Adds rows to a table, in one transaction.
 * @param making DuckDB's statements that make the table
 */
export async function writeRows(
  connection: DuckDBConnection,
  { table, columns: given, rows, truncate, changes = [], fillsDefaults = false, partition, once, signal }: WriteRequest,
  making: readonly string[],
): Promise<number> {
  await connection.run("BEGIN TRANSACTION");
  try {
    for (const sql of making) await connection.run(sql);
    if (changes.length > 0) await changeFields(connection, await requireTable(connection, table), changes);
    const known = await requireTable(connection, table);
    if (truncate && making.length === 0 && partition === undefined)
      await connection.run(`DELETE FROM ${quotePath(table)}`);
    const columns = await givenColumns(connection, known, given);
    let count = 0;
    const add = () =>
      appendTo(connection, table, async (appender) => {
        for await (const row of rows) {
          appendRow(appender, columns, row, fillsDefaults);
          count += 1;
          if (count % ROWS_AT_ONCE !== 0) continue;
          signal.throwIfAborted();
          await new Promise((resolve) => setImmediate(resolve));
        }
      });
    if (partition === undefined) await add();
    else await writePartition(connection, table, partition, truncate, add);
    if (once !== undefined) await connection.run(markSql(once));
    await connection.run("COMMIT");
    return count;
  } catch (cause) {
    await connection.run("ROLLBACK").catch(() => undefined);
    throw jobError(cause, signal, false);
  }
}

async function requireTable(connection: DuckDBConnection, table: RelationId): Promise<Relation> {
  const known = (await readCatalog(connection)).get(relationKey(table));
  if (known !== undefined) return known;
  const path = [table.dataset, table.name];
  throw new JobError("notFound", `Not found: Table ${path.join(".")}`, undefined, { kind: "Table", path });
}

/** The columns in the order of the table; undefined for one that gets its default, as those do which texts cannot see. */
async function givenColumns(
  connection: DuckDBConnection,
  { id, columns }: Relation,
  given: readonly string[],
): Promise<readonly (Column | undefined)[]> {
  const wanted = new Set(given.map((name) => name.toLowerCase()));
  const described = await connection.runAndReadAll(`SELECT column_name FROM (DESCRIBE ${quotePath(id)})`);
  return described.getRows().map(([name]) => {
    const column = columns.find((known) => known.name === name);
    return column !== undefined && wanted.has(column.name.toLowerCase()) ? column : undefined;
  });
}
