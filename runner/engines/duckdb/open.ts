import { existsSync } from "node:fs";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { EngineError } from "../../port/engine-error.js";
import { type ChosenLimits, limitStatements } from "./chosen-limits.js";
import { realDatabasePath } from "./database-path.js";
import { openError } from "./errors.js";

export interface DatabaseFile {
  readonly path: string;
  readonly instance: DuckDBInstance;
  /** A new connection with the session settings that make DuckDB answer as GoogleSQL does. */
  connect(): Promise<DuckDBConnection>;
  /** Releases the file lock; every connection must be closed before. */
  close(): void;
}

/** `TimeZone` and null order are GoogleSQL's; both hold for every statement of the session. */
const SESSION_SETTINGS = "SET TimeZone = 'UTC'; SET default_null_order = 'NULLS_FIRST_ON_ASC_LAST_ON_DESC'";

/**
 * Opens the one database file of the embedded warehouse; there is one instance per real path and process, because two
 * instances over one file lose data.
 * @throws EngineError `missing` without `create`, `locked`, `corrupt`, `newer_version`
 */
export async function openDatabase(
  path: string,
  options: { readonly create: boolean },
  limits: Partial<ChosenLimits> = {},
): Promise<DatabaseFile> {
  if (!existsSync(path) && !options.create) {
    throw new EngineError(
      "missing",
      `there is no warehouse at ${path}; run 'fastbreak load' first or name one with --database`,
    );
  }
  const real = realDatabasePath(path);
  return databaseOf(real, await instanceOf(real), limits);
}

function databaseOf(path: string, instance: DuckDBInstance, limits: Partial<ChosenLimits> = {}): DatabaseFile {
  return {
    path,
    instance,
    async connect() {
      const connection = await instance.connect();
      await connection.run(`${SESSION_SETTINGS}${limitStatements(limits)}`);
      return connection;
    },
    close: () => instance.closeSync(),
  };
}

/** An empty database in memory, which nothing else sees and which is gone when it is closed. */
export async function openMemoryDatabase(): Promise<DatabaseFile> {
  return databaseOf(":memory:", await DuckDBInstance.create(":memory:"));
}

async function instanceOf(path: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.fromCache(path);
  } catch (cause) {
    throw openError(path, cause);
  }
}
