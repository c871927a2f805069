import type { DuckDBConnection } from "@duckdb/node-api";
import { arrivedIn } from "../../../dialect/arrival.js";
import { PARTITION_TIME } from "../../../port/ingestion-time.js";
import { relationKey } from "../../../port/port.js";
import type { ChangeMark, JobDestination } from "../../../port/sql-jobs.js";
import { type Column, isSameName } from "../../../port/sql-types.js";
import { layoutSql, readCatalog } from "../catalog.js";
import { quoteName, quotePath } from "../quote.js";
import { markSql } from "./change-marks.js";
import { heldValue } from "./held-value.js";
import { partitionSql, writePartition } from "./partition-write.js";
import { ResultRows } from "./result-rows.js";
import { changeFields } from "./schema-changes.js";
import type { TableChange } from "./table-history.js";

/** The rows of a query that take the place of others. */
const ROWS = `temp.main.${quoteName("rows of a job")}`;

/**
 * Writes the rows of a query to a table, in one transaction.
 * @param once the mark of the job
 * @returns the rows of the table
 */
export async function writeDestination(
  connection: DuckDBConnection,
  { table, write, partition, changes = [], partitionColumn, clusterBy, ingestion }: JobDestination,
  sql: string,
  columns: readonly Column[],
  once: ChangeMark | undefined,
): Promise<ResultRows> {
  await connection.run("BEGIN TRANSACTION");
  try {
    const find = async () => (await readCatalog(connection)).get(relationKey(table));
    const before = changes.length === 0 ? undefined : await find();
    // The query may read the rows that go.
    const isRead = write === "truncate" || (write === "replace" && partition !== undefined);
    if (isRead) await connection.run(`CREATE OR REPLACE TEMP TABLE ${ROWS} AS ${sql}`);
    if (before !== undefined) await changeFields(connection, before, changes);
    const add = async () => {
      const own = (await find())?.columns ?? [];
      const names = columns.map(({ name }) => quoteName(name));
      const values = columns.map((column, index) => {
        const declared = own.find(({ name }) => isSameName(name, column.name));
        return declared === undefined ? names[index] : heldValue(names[index] ?? "", declared);
      });
      await connection.run(
        `INSERT INTO ${quotePath(table)} (${names}) SELECT ${values} FROM (${isRead ? `FROM ${ROWS}` : sql}) AS q`,
      );
      if (isRead) await connection.run(`DROP TABLE ${ROWS}`);
    };
    if (partition !== undefined) await writePartition(connection, table, partition, write !== "append", add);
    else if (write !== "replace") {
      if (write === "truncate") await connection.run(`DELETE FROM ${quotePath(table)}`);
      await add();
    } else {
      await connection.run(`CREATE OR REPLACE TABLE ${quotePath(table)} AS ${sql}`);
      if (ingestion !== undefined)
        await connection.run(
          `ALTER TABLE ${quotePath(table)} ADD COLUMN ${quoteName(PARTITION_TIME)} TIMESTAMPTZ DEFAULT ${arrivedIn(ingestion)}`,
        );
      if (partitionColumn !== undefined || clusterBy.length > 0 || ingestion !== undefined)
        await connection.run(layoutSql(table, { partitionColumn, clusterBy, primaryKey: [], ingestion }));
    }
    const known = (await find())?.columns ?? columns;
    const names = known.map(({ name }) => quoteName(name)).join(", ");
    const where = partition === undefined ? "" : ` WHERE ${partitionSql(partition)}`;
    const rows = new ResultRows(await connection.run(`SELECT ${names} FROM ${quotePath(table)}${where}`), known);
    if (once !== undefined) await connection.run(markSql(once));
    await connection.run("COMMIT");
    return rows;
  } catch (cause) {
    await connection.run("ROLLBACK").catch(() => undefined);
    throw cause;
  }
}

/** What writing the destination does to its table. */
export function changeOf({ table, write, partition, changes = [] }: JobDestination): TableChange {
  if (changes.length > 0) return { table, how: "define" };
  if (write === "append") return { table, how: "append" };
  return { table, how: partition === undefined && write === "replace" ? "define" : "rewrite" };
}
