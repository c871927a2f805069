import type { DuckDBConnection } from "@duckdb/node-api";
import type { Log } from "../../port/port.js";
import { latestRowsOf } from "./latest-rows.js";
import { quoteName, quotePath } from "./quote.js";

/** A log of fewer rows is read quickly, whatever they are. */
const FEW_ROWS = 10_000;
/** So many rows a key may stand, so that rows are not deleted in each run. */
const ROWS_A_KEY = 2;

/**
 * Deletes the rows of a log of which a newer one of the same key stands, where they are most of a long one.
 * @returns whether there were any
 */
export async function compactLog(connection: DuckDBConnection, log: Log): Promise<boolean> {
  const table = quotePath(log.table);
  const rows = await countOf(connection, table);
  if (rows <= FEW_ROWS) return false;
  const keys = await countOf(connection, `(SELECT DISTINCT ${log.key.map(quoteName).join(", ")} FROM ${table})`);
  if (rows <= keys * ROWS_A_KEY) return false;
  await connection.run(`DELETE FROM ${table} WHERE rowid NOT IN (${latestRowsOf(log, "rowid")})`);
  return true;
}

async function countOf(connection: DuckDBConnection, from: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${from}`);
  return Number(reader.getRows()[0]?.[0]);
}
