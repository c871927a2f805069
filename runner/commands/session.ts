import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RunnableProject } from "../execute/action.js";
import type { ProjectOverrides } from "../project/compile/protocol.js";
import { type LoadedProject, loadProject } from "../project/load-project.js";
import { type Manifest, parseManifest } from "../project/manifest.js";
import { runnableProject } from "../project/runnable.js";
import { findProject, type RunnerSettings, readRunnerSettings } from "../project/settings.js";
import { readStoredManifest } from "../state/stored-manifest.js";
import { type Warehouse, WarehouseError } from "../warehouse/port.js";
import type { CommonOptions } from "./command.js";
import { CommandError, EXIT, usageError } from "./exit.js";

/** Where things are for one command. */
export interface Place {
  readonly projectDir: string;
  readonly settings: RunnerSettings;
  readonly database: string;
}

export interface ProjectSession extends Place {
  readonly warehouse: Warehouse;
  readonly loaded: LoadedProject;
  readonly project: RunnableProject;
}

/** Finds the project and its settings. */
export function findPlace(options: CommonOptions): Place {
  requireDuckDb(options.target);
  const projectDir = findProject(resolve(options.projectDir));
  const settings = readRunnerSettings(projectDir);
  const database =
    options.database === undefined ? join(projectDir, ".fastbreak", "warehouse.duckdb") : resolve(options.database);
  return { projectDir, settings, database };
}

/** Opens the warehouse, does the work and closes it, whatever happens. */
export async function withWarehouse<T>(
  place: Place,
  create: boolean,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  const warehouse = await openWarehouse(place, create);
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
}

/**
 * Loads the project and opens its warehouse side by side, then does the work.
 * @param create make a warehouse where there is none, for a project that reads nothing which somebody else must load first
 */
export async function withProject<T>(
  options: CommonOptions,
  overrides: ProjectOverrides,
  work: (session: ProjectSession) => Promise<T>,
  create = false,
): Promise<T> {
  const place = findPlace(options);
  const opening = openWarehouse(place, false);
  const loading = loadProject({
    projectDir: place.projectDir,
    overrides,
    warehouseManifest: () =>
      opening.then(
        (warehouse) => storedManifest(warehouse, place.settings.stateDataset),
        () => undefined,
      ),
  });
  const [opened, loaded] = await Promise.allSettled([opening, loading]);
  if (loaded.status === "rejected") {
    if (opened.status === "fulfilled") await opened.value.close();
    throw loaded.reason;
  }
  const project = runnableProject(loaded.value.manifest);
  const warehouse =
    opened.status === "fulfilled"
      ? opened.value
      : await openMissing(place, opened.reason, create && project.sources.size === 0);
  try {
    return await work({ ...place, warehouse, loaded: loaded.value, project });
  } finally {
    await warehouse.close();
  }
}

async function openMissing(place: Place, reason: unknown, create: boolean): Promise<Warehouse> {
  if (create && reason instanceof WarehouseError && reason.code === "missing") return openWarehouse(place, true);
  throw reason;
}

async function openWarehouse(place: Place, create: boolean): Promise<Warehouse> {
  const { openDuckDbWarehouse } = await import("../warehouse/duckdb/warehouse.js");
  return openDuckDbWarehouse(place.database, { create });
}

async function storedManifest(warehouse: Warehouse, dataset: string): Promise<Manifest | undefined> {
  const text = await warehouse.transaction((transaction) => readStoredManifest(transaction, dataset));
  try {
    return text === undefined ? undefined : parseManifest(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Marks the database as held by this command while `work` goes on, so that others can name the holder. */
export async function announced<T>(place: Place, command: string, work: () => Promise<T>): Promise<T> {
  const file = join(place.projectDir, ".fastbreak", "running.json");
  mkdirSync(join(place.projectDir, ".fastbreak"), { recursive: true });
  writeFileSync(file, JSON.stringify({ pid: process.pid, command, startedAt: new Date().toISOString() }));
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** `k=v` pairs of `--var` and `--vars`, or of another flag. */
export function parseVars(pairs: readonly string[], flag = "--var"): Readonly<Record<string, string>> {
  const vars: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    if (at < 1 || !/^[A-Za-z_][\w.-]*$/.test(name) || name === "__proto__" || name === "constructor") {
      throw usageError(`${flag} ${pair} is not name=value`);
    }
    vars[name] = pair.slice(at + 1);
  }
  return vars;
}

function requireDuckDb(target: string): void {
  if (target === "duckdb") return;
  if (target === "bigquery")
    throw new CommandError(EXIT.usage, "--target bigquery is not available in this version; use --target duckdb");
  throw usageError(`--target ${target} is not known; use duckdb`);
}
