import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { EngineError } from "../../port/engine-error.js";
import { type ChosenLimits, limitStatements } from "./chosen-limits.js";
import { nameDatabase } from "./database-name.js";
import { realDatabasePath } from "./database-path.js";
import { openError, wasLockedByLeaving } from "./errors.js";
import { fileIdentity } from "./file-state.js";
import { FittingThreads } from "./fitting-threads.js";
import { KnownDigests } from "./known-digests.js";
import { memoryLimit, removeLeftSpillFolders, removeSpillFolder, spillFolder, spillFolderBeside } from "./limits.js";
import { quoteText } from "./quote.js";
import { isUnreplayedLog, replayLog } from "./replay-log.js";
import { SESSION_SETTINGS } from "./session-settings.js";
import { SharedCatalog } from "./shared-catalog.js";

const MEMORY = ":memory:";

export interface DatabaseFile {
  readonly path: string;
  readonly instance: DuckDBInstance;
  /** Of all who have the file open. */
  readonly catalog: SharedCatalog;
  /** What is known of the file's tables; undefined for a database that has none. */
  readonly digests: KnownDigests | undefined;
  readonly threads: FittingThreads;
  /** Nothing else in this process writes to the file: what was read of its catalogue holds until somebody who shares it changes it. */
  readonly alone: () => boolean;
  /** A new connection with the session settings that make DuckDB answer as GoogleSQL does. */
  connect(): Promise<DuckDBConnection>;
  /**
   * What is written goes into the file that is there now. Where it does not, the log of changes beside the file may be that of another
   * one, which is left alone from here on.
   * @throws EngineError `missing` when somebody has removed or replaced the file since it was opened
   */
  requireSame(connection: DuckDBConnection): Promise<void>;
  /** Releases the file lock and removes what was spilled; every connection must be closed before. */
  close(): Promise<void>;
}

/** What all share who have one file open in this process. */
interface OpenFile extends Pick<DatabaseFile, "catalog" | "digests" | "threads"> {
  users: number;
  /** All of them have said that nothing else in this process writes to the file. */
  alone: boolean;
  readonly spill: Promise<string | undefined>;
}

export interface OpenOptions {
  readonly create: boolean;
  readonly alone?: boolean;
}

/** What is open in this process, by real path: there is one instance and one spill folder a file. */
const openFiles = new Map<string, OpenFile>();

/**
 * While a checkpoint lasts nobody else commits: what a run of this project's size logs goes into the file once, when it is closed.
 * A process that is killed leaves the log, which whoever opens the file next replays.
 */
const LATE_CHECKPOINT = "; SET GLOBAL checkpoint_threshold = '512MiB'";

/**
 * Opens the one database file of the embedded warehouse; there is one instance per real path and process, because two
 * instances over one file lose data.
 * @param options.alone nothing else in this process writes to the file, so that its tables' digests are known beyond what is written
 * @throws EngineError `missing` without `create`, `locked`, `corrupt`, `newer_version`
 */
export async function openDatabase(
  path: string,
  options: OpenOptions,
  limits: Partial<ChosenLimits> = {},
): Promise<DatabaseFile> {
  if (!existsSync(path) && !options.create) {
    throw new EngineError(
      "missing",
      `there is no warehouse at ${path}; make one with 'fastbreak init', 'fastbreak seed' or 'fastbreak load', or name one with --database`,
    );
  }
  const real = realDatabasePath(path);
  const instance = await instanceOf(real);
  if (!openFiles.has(real)) await requireDatabase(instance, real);
  const open = openFile(real, instance, options.alone === true, limits.threads !== undefined);
  const spill = await open.spill;
  const settings = `${limitStatements(limits)}${open.alone ? LATE_CHECKPOINT : ""}`;
  return databaseOf(
    {
      path: real,
      instance,
      catalog: open.catalog,
      digests: open.digests,
      threads: open.threads,
      alone: () => open.alone,
    },
    settings,
    async (release) => {
      open.users -= 1;
      if (open.users === 0) await open.digests?.save(() => checkpoint(instance));
      if (open.users === 0) await open.threads.close();
      const isLast = open.users === 0;
      if (isLast) openFiles.delete(real);
      release();
      if (isLast && spill !== undefined) removeSpillFolder(spill);
    },
  );
}

/**
 * DuckDB opens a CSV, JSON or Parquet file, too: as a view in a database in memory, which keeps nothing of what is built in it.
 * @throws EngineError `corrupt` for a file that is no database
 */
async function requireDatabase(instance: DuckDBInstance, path: string): Promise<void> {
  const kept = await once(instance, (connection) =>
    connection.runAndReadAll("SELECT 1 FROM duckdb_databases() WHERE NOT internal AND path IS NOT NULL"),
  );
  if (kept.currentRowCount > 0) return;
  throw new EngineError(
    "corrupt",
    `${path} is no DuckDB database; name the warehouse with --database, and load a file of rows with 'fastbreak seed'`,
  );
}

/** One more has the file open. */
function openFile(path: string, instance: DuckDBInstance, alone: boolean, choosesThreads: boolean): OpenFile {
  const open = openFiles.get(path) ?? {
    users: 0,
    alone,
    spill: once(instance, async (connection) => {
      await nameDatabase(connection);
      return takeSpillFolder(connection, path);
    }),
    catalog: new SharedCatalog(),
    digests: new KnownDigests(path, alone),
    threads: new FittingThreads(instance),
  };
  if (choosesThreads) open.threads.stay();
  if (open.alone && !alone) open.digests?.abandon();
  open.alone &&= alone;
  open.users += 1;
  openFiles.set(path, open);
  return open;
}

/** Does something on a connection of its own. */
async function once<T>(instance: DuckDBInstance, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

async function checkpoint(instance: DuckDBInstance): Promise<void> {
  await once(instance, (connection) => connection.run("CHECKPOINT"));
}

/**
 * Gives a file that was just opened, and thereby locked, a spill folder of this process; undefined when opening it has
 * already spilled: then DuckDB keeps its own folder, and removes it. A setting of the instance would not do, because
 * others in this process may open the file without it.
 */
async function takeSpillFolder(connection: DuckDBConnection, file: string): Promise<string | undefined> {
  const folder = spillFolderBeside(file);
  try {
    await connection.run(`SET GLOBAL temp_directory = ${quoteText(folder)}`);
  } catch {
    return undefined;
  }
  removeLeftSpillFolders(file);
  return folder;
}

function databaseOf(
  file: Omit<DatabaseFile, "connect" | "requireSame" | "close">,
  settings: string,
  close: (release: () => void) => Promise<void>,
): DatabaseFile {
  const { path, instance } = file;
  const identity = fileIdentity(path);
  return {
    ...file,
    async connect() {
      const connection = await instance.connect();
      await connection.run(`${SESSION_SETTINGS}; SET GLOBAL memory_limit = '${memoryLimit()}'${settings}`);
      return connection;
    },
    async requireSame(connection) {
      if (identity === fileIdentity(path)) return;
      await connection.run("PRAGMA disable_checkpoint_on_shutdown");
      throw new EngineError(
        "missing",
        `${path} was removed or replaced while this command wrote to it: what it wrote is lost; put the file back or run again`,
      );
    },
    close: () => close(() => instance.closeSync()),
  };
}

/** An empty database in memory, which nothing else sees and which is gone when it is closed. */
export async function openMemoryDatabase(limits: Partial<ChosenLimits> = {}): Promise<DatabaseFile> {
  const folder = spillFolder();
  const instance = await DuckDBInstance.create(MEMORY, { temp_directory: folder });
  await once(instance, nameDatabase);
  const threads = new FittingThreads(instance);
  if (limits.threads !== undefined) threads.stay();
  const file = { path: MEMORY, instance, catalog: new SharedCatalog(), digests: undefined, threads, alone: () => true };
  return databaseOf(file, limitStatements(limits), async (release) => {
    await threads.close();
    release();
    removeSpillFolder(folder);
  });
}

/** Milliseconds that a process may take to end, and between two looks at it. */
const LEAVING_MS = 1000;
const LOOK_AGAIN_MS = 20;

async function instanceOf(path: string): Promise<DuckDBInstance> {
  const deadline = Date.now() + LEAVING_MS;
  let hasReplayed = false;
  for (;;) {
    try {
      return await DuckDBInstance.fromCache(path);
    } catch (cause) {
      if (isUnreplayedLog(cause) && !hasReplayed) {
        await replayLog(path).catch((reason: unknown) => Promise.reject(openError(path, reason)));
        hasReplayed = true;
        continue;
      }
      if (!wasLockedByLeaving(cause) || Date.now() > deadline) throw openError(path, cause);
    }
    await sleep(LOOK_AGAIN_MS);
  }
}
