import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { installFunctions, installMacros } from "../../dialect/runtime/index.js";
import { nameDatabase } from "./database-name.js";

/** A connection with GoogleSQL's settings and function library, to be used beside no other instance of the file. */
export async function connectWithLibrary(path: string): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(path)).connect();
  await nameDatabase(connection);
  await connection.run("SET TimeZone = 'UTC'; SET default_null_order = 'NULLS_FIRST_ON_ASC_LAST_ON_DESC'");
  await installFunctions(connection);
  await installMacros(connection);
  return connection;
}
