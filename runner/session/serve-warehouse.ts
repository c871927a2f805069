import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { DEFAULT_ENGINE, engineNamed } from "../engines/registry.js";
import { NO_PROJECTS } from "../googlesql/project-names.js";
import { UserError } from "../graph/user-error.js";
import { EngineError } from "../port/engine-error.js";
import type { Warehouse } from "../port/port.js";
import type { KeptVersions } from "../port/sql-jobs.js";
import type { Route } from "../server/http/request.js";
import type { SeedScript } from "../server/jobs/run-seed.js";
import { type RunningServer, type ServeOptions, serve } from "../server/start.js";
import { announced } from "./announce.js";
import { chosenLimits } from "./choose-settings.js";
import { findPlace, type Place, type PlaceOptions } from "./place.js";
import { seedFiles } from "./seed-files.js";

/** What is served, and how. */
export interface ServeRequest extends Partial<Omit<ServeOptions, "pages" | "seed">> {
  /** Where the warehouse is; undefined fields are those of the project in the working directory. */
  readonly place: PlaceOptions;
  /** An empty warehouse that is gone when the server stops. */
  readonly inMemory: boolean;
  /** A folder whose files are loaded first: `dataset/table.csv`, `dataset.table.jsonl`, `*.sql`. */
  readonly seed: string | undefined;
  /** A page and what it asks for, of no project. */
  readonly page?: readonly Route[];
  /** Pages of the project, over its open warehouse. */
  readonly pages?: (place: Place, warehouse: Warehouse) => readonly Route[];
}

/** A server with the warehouse that it has opened. */
export interface ServedWarehouse extends RunningServer {
  /** Where the warehouse is, as it is shown to the user. */
  readonly warehouse: string;
}

const DEFAULTS: ServeOptions = {
  port: 9050,
  host: "127.0.0.1",
  project: "local",
  location: "US",
  token: undefined,
  bucketDir: undefined,
  log: undefined,
  storagePort: undefined,
};

/**
 * Where the Storage API answers beside a port: ten above it; any that is free where the port may be any.
 * @throws UserError where there is no such port
 */
export function storagePortBeside(port: number = DEFAULTS.port): number {
  if (port + 10 > 65_535)
    throw new UserError(`there is no port ten above ${port} for the Storage API; give its own port`);
  return port === 0 ? 0 : port + 10;
}

/**
 * How long older rows are kept.
 * @param hours undefined: as long as the service does, a week; 0: not at all
 * @param megabytes undefined: 512
 */
export function keptVersions(hours = 168, megabytes = 512): KeptVersions | undefined {
  return hours === 0 ? undefined : { hours, bytes: megabytes * 1024 * 1024 };
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;

/**
 * Opens a warehouse, loads the seed, and serves it.
 * @throws UserError for a host that other machines reach, a seed that cannot be read, and a port that is taken
 */
export async function serveWarehouse({
  place,
  inMemory,
  seed,
  page,
  pages,
  ...given
}: ServeRequest): Promise<ServedWarehouse> {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const options: ServeOptions = { ...DEFAULTS, ...said };
  if (!LOOPBACK.test(options.host))
    throw new UserError(
      `--host ${options.host} could be reached from other machines; give 127.0.0.1, ::1 or localhost`,
    );
  const opened = pages === undefined ? await openServed(place, inMemory) : await openProject(findPlace(place), "ui");
  const release = await heldAlone(opened, inMemory);
  try {
    const scripts = seed === undefined ? [] : await loadSeed(opened.warehouse, seed);
    const { of } = opened;
    const routes = of === undefined || pages === undefined ? page : pages(of, opened.warehouse);
    const persisting = { ...options, persists: !inMemory, seed: scripts };
    const server = await listening(
      opened.warehouse,
      routes === undefined ? persisting : { ...persisting, pages: routes },
    );
    return {
      ...server,
      warehouse: opened.shown,
      async close() {
        await server.close();
        await opened.close();
        release();
      },
    };
  } catch (cause) {
    await opened.close();
    release();
    throw cause;
  }
}

/** The files that servers of this process have open. */
const served = new Set<string>();

/**
 * What a server keeps of its warehouse no other one would know of.
 * @returns lets go of it
 * @throws EngineError `locked` where another server of this process has it
 */
async function heldAlone({ shown, close }: Opened, inMemory: boolean): Promise<() => void> {
  if (inMemory || !existsSync(shown)) return () => undefined;
  const file = realpathSync(shown);
  if (served.has(file)) {
    await close();
    throw new EngineError(
      "locked",
      `${shown} is in use by another server of this process; ask that one, or close it first`,
    );
  }
  served.add(file);
  return () => void served.delete(file);
}

interface Opened {
  /** The project whose warehouse it is. */
  readonly of?: Place;
  readonly warehouse: Warehouse;
  readonly shown: string;
  close(): Promise<void>;
}

async function openServed(given: PlaceOptions, inMemory: boolean): Promise<Opened> {
  const engine = engineNamed(given.target ?? DEFAULT_ENGINE);
  if (inMemory || given.database !== undefined) {
    if (engine === undefined) throw new UserError(`--target ${given.target} is not known`);
    const limits = chosenLimits(given, process.env);
    if (!inMemory) {
      const database = resolve(given.database ?? "");
      const here = { projectDir: ".", database, ...limits };
      return held(await engine.open(here, { create: true }), engine.locate(here));
    }
    if (engine.openScratch === undefined) throw new UserError(`--target ${engine.name} has no warehouse in memory`);
    return held(await engine.openScratch(NO_PROJECTS, limits), "in memory");
  }
  return openProject(findPlace(given), "serve");
}

async function openProject(place: Place, command: string): Promise<Opened> {
  const warehouse = await place.engine.open(place, { create: true });
  // Others are told who holds the file for as long as the server runs.
  let release = (): void => undefined;
  const announcing = announced(place, command, () => new Promise<void>((done) => (release = done)));
  return {
    of: place,
    ...held(warehouse, place.engine.locate(place)),
    async close() {
      await warehouse.close();
      release();
      await announcing;
    },
  };
}

function held(warehouse: Warehouse, shown: string): Opened {
  return { warehouse, shown, close: () => warehouse.close() };
}

/**
 * Loads the files of a folder.
 * @returns the scripts in it, which are run once there is a server to keep what they say
 */
async function loadSeed(warehouse: Warehouse, folder: string): Promise<readonly SeedScript[]> {
  const dir = resolve(folder);
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UserError(`the seed ${folder} is no folder`);
  const scripts = readdirSync(dir)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const hasFiles = readdirSync(dir, { recursive: true }).some((name) =>
    /\.(csv|tsv|jsonl|ndjson|json|parquet|pq)(\.gz)?$/i.test(String(name)),
  );
  const files = hasFiles ? seedFiles([folder], { declared: [], made: new Set(), home: "" }) : [];
  await warehouse.transaction(async ({ loadFile }) => {
    if (loadFile === undefined && files.length > 0) throw new UserError(`${warehouse.target} loads no files`);
  });
  if (files.length > 0)
    await warehouse.transaction(async (transaction) => {
      for (const { path, shown, format, table } of files) await transaction.loadFile?.({ table, path, shown, format });
    });
  return scripts.map((name) => ({ shown: join(folder, name), sql: readFileSync(join(dir, name), "utf8") }));
}

async function listening(warehouse: Warehouse, options: ServeOptions): Promise<RunningServer> {
  try {
    return await serve(warehouse, options);
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === "EADDRINUSE")
      throw new UserError(
        `port ${(cause as { port?: number }).port ?? options.port} is taken; give another one with --port and --storage-port, or --port 0 for any that are free`,
      );
    if (code === "EACCES") throw new UserError(`port ${options.port} may not be used; give one above 1023`);
    throw cause;
  }
}
