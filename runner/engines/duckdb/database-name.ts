import type { DuckDBConnection } from "@duckdb/node-api";
import { DATABASE, quoteName } from "./quote.js";

/** Gives the database that is open the name by which SQL calls it, for all connections; the file does not change. */
export async function nameDatabase(connection: DuckDBConnection): Promise<void> {
  const reader = await connection.runAndReadAll("SELECT current_database()");
  const name = String(reader.getRows()[0]?.[0]);
  if (name !== DATABASE)
    await connection.run(`ALTER DATABASE IF EXISTS ${quoteName(name)} SET ALIAS TO ${quoteName(DATABASE)}`);
}
