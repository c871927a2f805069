import { existsSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { EngineError } from "../../port/engine-error.js";
import { type ChosenLimits, limitStatements } from "./chosen-limits.js";
import { realDatabasePath } from "./database-path.js";
import { DigestCache } from "./digest-cache.js";
import { openError, wasLockedByLeaving } from "./errors.js";
import { memoryLimit, removeLeftSpillFolders, removeSpillFolder, spillFolder, spillFolderBeside } from "./limits.js";
import { quoteText } from "./quote.js";
import { SharedCatalog } from "./shared-catalog.js";

const MEMORY = ":memory:";

export interface DatabaseFile {
  readonly path: string;
  readonly instance: DuckDBInstance;
  /** Of all who have the file open. */
  readonly catalog: SharedCatalog;
  /** What earlier processes have read of the file; undefined for a database that has none. */
  readonly digests: DigestCache | undefined;
  /** A new connection with the session settings that make DuckDB answer as GoogleSQL does. */
  connect(): Promise<DuckDBConnection>;
  /**
   * What is written goes into the file that is there now. Where it does not, the log of changes beside the file may be that of another
   * one, which is left alone from here on.
   * @throws EngineError `missing` when somebody has removed or replaced the file since it was opened
   */
  requireSame(connection: DuckDBConnection): Promise<void>;
  /** Releases the file lock and removes what was spilled; every connection must be closed before. */
  close(): void;
}

/** What all share who have one file open in this process. */
interface OpenFile extends Pick<DatabaseFile, "catalog" | "digests"> {
  users: number;
  readonly spill: Promise<string | undefined>;
}

/** What is open in this process, by real path: there is one instance and one spill folder a file. */
const openFiles = new Map<string, OpenFile>();

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
      `there is no warehouse at ${path}; make one with 'fastbreak init', 'fastbreak seed' or 'fastbreak load', or name one with --database`,
    );
  }
  const real = realDatabasePath(path);
  const digests = new DigestCache(real);
  const instance = await instanceOf(real);
  const open = openFiles.get(real) ?? {
    users: 0,
    spill: takeSpillFolder(instance, real),
    catalog: new SharedCatalog(),
    digests,
  };
  open.users += 1;
  openFiles.set(real, open);
  const spill = await open.spill;
  return databaseOf({ path: real, instance, catalog: open.catalog, digests: open.digests }, limits, () => {
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

function databaseOf(
  file: Pick<DatabaseFile, "path" | "instance" | "catalog" | "digests">,
  limits: Partial<ChosenLimits>,
  closed: () => void,
): DatabaseFile {
  const { path, instance } = file;
  const identity = identityOf(path);
  return {
    ...file,
    async connect() {
      const connection = await instance.connect();
      await connection.run(
        `${SESSION_SETTINGS}; SET GLOBAL memory_limit = '${memoryLimit()}'${limitStatements(limits)}`,
      );
      return connection;
    },
    async requireSame(connection) {
      if (identity === identityOf(path)) return;
      await connection.run("PRAGMA disable_checkpoint_on_shutdown");
      throw new EngineError(
        "missing",
        `${path} was removed or replaced while this command wrote to it: what it wrote is lost; put the file back or run again`,
      );
    },
    close: () => {
      file.digests?.save();
      instance.closeSync();
      closed();
    },
  };
}

/** An empty database in memory, which nothing else sees and which is gone when it is closed. */
export async function openMemoryDatabase(): Promise<DatabaseFile> {
  const folder = spillFolder();
  const instance = await DuckDBInstance.create(MEMORY, { temp_directory: folder });
  return databaseOf({ path: MEMORY, instance, catalog: new SharedCatalog(), digests: undefined }, {}, () =>
    removeSpillFolder(folder),
  );
}

/** Tells one file from another of the same name; undefined for a database that has none. */
function identityOf(path: string): string | undefined {
  if (path === MEMORY) return undefined;
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.dev}:${stat.ino}`;
}

/** Milliseconds that a process may take to end, and between two looks at it. */
const LEAVING_MS = 1000;
const LOOK_AGAIN_MS = 20;

async function instanceOf(path: string): Promise<DuckDBInstance> {
  const deadline = Date.now() + LEAVING_MS;
  for (;;) {
    try {
      return await DuckDBInstance.fromCache(path);
    } catch (cause) {
      if (!wasLockedByLeaving(cause) || Date.now() > deadline) throw openError(path, cause);
    }
    await sleep(LOOK_AGAIN_MS);
  }
}
