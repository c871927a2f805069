import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import type { RelationId } from "../../port/port.js";
import { DATABASE } from "./quote.js";

/** Where an appender puts its rows: a table of the warehouse, or a temporary one of the connection. */
export type AppendTarget = RelationId | { readonly temporary: string };

/**
 * Adds rows to a table; all that were added are in it when it returns. Where the work fails, the rows that wait in the appender are
 * thrown away: it would write them whenever its memory is freed, into whatever transaction its connection is in by then, or none.
 */
export async function appendTo<T>(
  connection: DuckDBConnection,
  target: AppendTarget,
  work: (appender: DuckDBAppender) => T | Promise<T>,
): Promise<T> {
  const appender =
    "temporary" in target
      ? await connection.createAppender(target.temporary, "main", "temp")
      : await connection.createAppender(target.name, target.dataset, DATABASE);
  try {
    const result = await work(appender);
    appender.closeSync();
    return result;
  } catch (cause) {
    appender.clear();
    appender.closeSync();
    throw cause;
  }
}
