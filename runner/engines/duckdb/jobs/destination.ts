import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import type { JobDestination } from "../../../port/sql-jobs.js";
import type { Column } from "../../../port/sql-types.js";
import { layoutSql } from "../catalog.js";
import { quoteName, quotePath } from "../quote.js";

const ROWS = "temp.job_rows";

/**
 * Writes the rows of a query to a table, in one transaction.
 * @returns the rows of the query
 */
export async function writeDestination(
  connection: DuckDBConnection,
  { table, write, partitionColumn, clusterBy }: JobDestination,
  sql: string,
  columns: readonly Column[],
): Promise<DuckDBMaterializedResult> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE job_rows AS ${sql}`);
  try {
    await connection.run("BEGIN TRANSACTION");
    if (write === "append") {
      const names = columns.map(({ name }) => quoteName(name)).join(", ");
      await connection.run(`INSERT INTO ${quotePath(table)} (${names}) SELECT ${names} FROM ${ROWS}`);
    } else {
      await connection.run(`CREATE OR REPLACE TABLE ${quotePath(table)} AS FROM ${ROWS}`);
      if (partitionColumn !== undefined || clusterBy.length > 0)
        await connection.run(layoutSql(table, { partitionColumn, clusterBy, primaryKey: [] }));
    }
    await connection.run("COMMIT");
  } catch (cause) {
    await connection.run("ROLLBACK").catch(() => undefined);
    await connection.run(`DROP TABLE IF EXISTS ${ROWS}`);
    throw cause;
  }
  const result = await connection.run(`FROM ${ROWS}`);
  await connection.run(`DROP TABLE ${ROWS}`);
  return result;
}
