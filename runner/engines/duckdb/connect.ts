import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { installFunctions, installMacros } from "../../dialect/runtime/index.js";
import { nameDatabase } from "./database-name.js";
import { SESSION_SETTINGS } from "./session-settings.js";

/** A connection with GoogleSQL's settings and function library, to be used beside no other instance of the file. */
export async function connectWithLibrary(path: string): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(path)).connect();
  await nameDatabase(connection);
  await connection.run(SESSION_SETTINGS);
  await installFunctions(connection);
  await installMacros(connection);
  return connection;
}
