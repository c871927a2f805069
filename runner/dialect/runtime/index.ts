import type { DuckDBConnection } from "@duckdb/node-api";
import { sha256 } from "../../port/digest-text.js";
import { quoteName } from "../print/sql.js";
import { installFunctions } from "./functions.js";
import { attachLibrary, copyLibrary, detachLibrary } from "./library-file.js";
import { libraryStatements } from "./library-statements.js";

export { farmFingerprint } from "./farm-fingerprint/index.js";
export { installFunctions } from "./functions.js";

const STATEMENTS = libraryStatements();

/** Content hash of the library: a database that carries it needs no DDL. */
export const RUNTIME_VERSION = sha256(STATEMENTS.join(";\n")).slice(0, 16);

async function installedVersion(connection: DuckDBConnection): Promise<string | undefined> {
  try {
    const result = await connection.runAndReadAll("SELECT bq.runtime_version()");
    return String(result.getRows()[0]?.[0]);
  } catch {
    // No schema or no macro of that name: nothing is installed.
    return undefined;
  }
}

/**
 * Makes the functions and the schema `bq` of this version available in the connection's database. One cheap query when it has them; else
 * one transaction. Call it outside a transaction.
 */
export async function installMacros(connection: DuckDBConnection): Promise<void> {
  installFunctions(connection);
  if ((await installedVersion(connection)) === RUNTIME_VERSION) return;
  const attached = await attachLibrary(connection, RUNTIME_VERSION);
  try {
    await replaceLibrary(connection, () => (attached ? copyLibrary(connection) : createLibrary(connection)));
  } finally {
    if (attached) await detachLibrary(connection);
  }
}

async function replaceLibrary(connection: DuckDBConnection, make: () => Promise<void>): Promise<void> {
  await connection.run("BEGIN");
  try {
    if (await isDataset(connection)) {
      await dropMacros(connection);
      await connection.run(creation().join(";\n"));
    } else {
      // A new schema drops the macros of another version that this one no longer has.
      await connection.run("DROP SCHEMA IF EXISTS bq CASCADE");
      await make();
    }
    await connection.run("COMMIT");
  } catch (error) {
    await connection.run("ROLLBACK");
    throw error;
  }
}

/** Creates the library statement by statement; in a transaction, and where no schema `bq` is. */
export async function createLibrary(connection: DuckDBConnection): Promise<void> {
  await connection.run(["CREATE SCHEMA bq", ...creation()].join(";\n"));
}

function creation(): string[] {
  return [...STATEMENTS, `CREATE MACRO bq.runtime_version() AS ('${RUNTIME_VERSION}')`];
}

/** Whether somebody has a dataset `bq`, whose tables stand in the schema of the library. */
async function isDataset(connection: DuckDBConnection): Promise<boolean> {
  const reader = await connection.runAndReadAll(`SELECT 1 FROM (
    SELECT schema_name FROM duckdb_tables() WHERE database_name = current_database() UNION ALL
    SELECT schema_name FROM duckdb_views() WHERE database_name = current_database() UNION ALL
    SELECT schema_name FROM duckdb_sequences() WHERE database_name = current_database()
  ) WHERE schema_name = 'bq' LIMIT 1`);
  return reader.getRows().length > 0;
}

async function dropMacros(connection: DuckDBConnection): Promise<void> {
  const reader = await connection.runAndReadAll(`SELECT DISTINCT function_name FROM duckdb_functions()
    WHERE schema_name = 'bq' AND database_name = current_database() AND function_type = 'macro'`);
  for (const [name] of reader.getRows()) await connection.run(`DROP MACRO bq.${quoteName(String(name))}`);
}
