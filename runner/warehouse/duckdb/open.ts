import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { WarehouseError } from "../port.js";
import { openError } from "./errors.js";
import { memoryLimit, removeLeftSpillFolders, removeSpillFolder, spillFolder, spillFolderBeside } from "./limits.js";
import { quoteText } from "./quote.js";

export interface DatabaseFile {
  readonly path: string;
  readonly instance: DuckDBInstance;
  /** A new connection with the session settings that make DuckDB answer as GoogleSQL does. */
  connect(): Promise<DuckDBConnection>;
  /** Releases the file lock and removes what was spilled; every connection must be closed before. */
  close(): void;
}

/** What is open in this process, by real path: all who have a file open share one instance and one spill folder. */
const openFiles = new Map<string, { users: number; readonly spill: Promise<string | undefined> }>();

/** `TimeZone` and null order are GoogleSQL's; both hold for every statement of the session. */
const SESSION_SETTINGS = "SET TimeZone = 'UTC'; SET default_null_order = 'NULLS_FIRST_ON_ASC_LAST_ON_DESC'";

/**
 * Opens the one database file of the embedded warehouse; there is one instance per real path and process, because two
 * instances over one file lose data.
 * @throws WarehouseError `missing` without `create`, `locked`, `corrupt`, `newer_version`
 */
export async function openDatabase(path: string, options: { readonly create: boolean }): Promise<DatabaseFile> {
  if (!existsSync(path) && !options.create) {
    throw new WarehouseError(
      "missing",
      `there is no warehouse at ${path}; run 'fastbreak load' first or name one with --database`,
    );
  }
  const real = realPath(path);
  const instance = await instanceOf(real);
  const open = openFiles.get(real) ?? { users: 0, spill: takeSpillFolder(instance, real) };
  open.users += 1;
  openFiles.set(real, open);
  const spill = await open.spill;
  return databaseOf(real, instance, () => {
    open.users -= 1;
    if (open.users > 0) return;
    openFiles.delete(real);
    if (spill !== undefined) removeSpillFolder(spill);
  });
}

/**
 * Gives a file that was just opened, and thereby locked, a spill folder of this process; undefined when opening it has
 * already spilled: then DuckDB keeps its own folder, and removes it. A setting of the instance would not do, because
 * others in this process may open the file without it.
 */
async function takeSpillFolder(instance: DuckDBInstance, file: string): Promise<string | undefined> {
  const folder = spillFolderBeside(file);
  const connection = await instance.connect();
  try {
    await connection.run(`SET GLOBAL temp_directory = ${quoteText(folder)}`);
  } catch {
    return undefined;
  } finally {
    connection.closeSync();
  }
  removeLeftSpillFolders(file);
  return folder;
}

function databaseOf(path: string, instance: DuckDBInstance, closed: () => void): DatabaseFile {
  return {
    path,
    instance,
    async connect() {
      const connection = await instance.connect();
      await connection.run(`${SESSION_SETTINGS}; SET GLOBAL memory_limit = '${memoryLimit()}'`);
      return connection;
    },
    close: () => {
      instance.closeSync();
      closed();
    },
  };
}

/** An empty database in memory, which nothing else sees and which is gone when it is closed. */
export async function openMemoryDatabase(): Promise<DatabaseFile> {
  const folder = spillFolder();
  const instance = await DuckDBInstance.create(":memory:", { temp_directory: folder });
  return databaseOf(":memory:", instance, () => removeSpillFolder(folder));
}

async function instanceOf(path: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.fromCache(path);
  } catch (cause) {
    throw openError(path, cause);
  }
}

/** The real path of a file that may not exist yet: its folder is made and resolved. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new WarehouseError("missing", `the folder of the warehouse cannot be made: ${(cause as Error).message}`);
  }
  return join(realpathSync(folder), basename(path));
}
