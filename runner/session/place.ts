import { resolve } from "node:path";
import type { Engine, WarehousePlace } from "../engines/engine.js";
import { engineNamed, engineNames } from "../engines/registry.js";
import type { ProjectNames } from "../googlesql/project-names.js";
import { UserError } from "../graph/user-error.js";
import type { Warehouse } from "../port/port.js";
import type { ProjectOverrides } from "../project/compile/protocol.js";
import { projectNames } from "../project/foreign-relations.js";
import { defaultLocation, homeProject } from "../project/home-project.js";
import { type Manifest, parseManifest } from "../project/manifest.js";
import { readCachedManifest } from "../project/manifest-cache.js";
import { findProject, type RunnerSettings, readRunnerSettings, suggestion } from "../project/settings.js";
import { type ChosenSettings, chooseSettings, chosenProjectDir, type PlaceOptions } from "./choose-settings.js";
import { systemTablesOf } from "./system-tables.js";

export type { PlaceOptions } from "./choose-settings.js";

/** Where things are for one command, and how they run. */
export interface Place extends WarehousePlace {
  readonly settings: RunnerSettings;
  readonly engine: Engine;
  /** Name of the environment that was chosen; undefined: none. */
  readonly environment: string | undefined;
  readonly concurrency: number;
  /** What the project is compiled with over its own settings. */
  readonly overrides: ProjectOverrides;
  /** Where settings come from, by name. */
  readonly origins: ChosenSettings["origins"];
  /** Milliseconds that compiling may take; undefined: the default. */
  readonly compileTimeoutMs: number | undefined;
  /** Is given a line for the user before something that takes long. */
  readonly onNote: ((line: string) => void) | undefined;
}

/**
 * Finds the project, its settings and its engine; opens nothing.
 * @throws ProjectError when there is no project or its settings are wrong; UserError for an engine or an environment that
 * nobody knows
 */
export function findPlace(options: PlaceOptions): Place {
  const projectDir = findProject(resolve(chosenProjectDir(options.projectDir, process.env)));
  const settings = readRunnerSettings(projectDir);
  const { target, ...chosen } = chooseSettings(projectDir, options, settings, process.env);
  const engine = engineNamed(target);
  if (engine === undefined) {
    const known = engineNames();
    throw new UserError(`--target ${target} is not known${suggestion(target, known)}`);
  }
  const projects = namesOf(projectDir, chosen.overrides);
  const home = () => homeProject(projectDir, chosen.overrides);
  const { compileTimeoutMs, onNote, isShared } = options;
  const location = () => defaultLocation(projectDir, chosen.overrides);
  const { stateDataset } = settings;
  const told = { compileTimeoutMs, onNote, isShared };
  const systemTables = systemTablesOf({ projects, location });
  return { projectDir, settings, engine, ...told, projects, systemTables, home, location, stateDataset, ...chosen };
}

/** What names with a project stand for where nothing is compiled: as the settings and the last compile say. */
function namesOf(projectDir: string, overrides: ProjectOverrides): () => Promise<ProjectNames> {
  let home: Promise<string> | undefined;
  let last: ProjectNames | undefined;
  const lastCompile = (): ProjectNames => {
    last ??= projectNames(lastManifest(projectDir) ?? { actions: [], homeProject: "" });
    return last;
  };
  return async () => {
    home ??= homeProject(projectDir, overrides);
    return { home: await home, claims: (key) => lastCompile().claims(key) };
  };
}

/** The manifest of the last compile, be it of other files or by another release. */
function lastManifest(projectDir: string): Manifest | undefined {
  const cached = readCachedManifest(projectDir);
  return cached === undefined ? undefined : parseManifest(JSON.parse(cached.text));
}

/**
 * Tables of another project would be written over those of this one where a file holds one project.
 * @throws UserError
 */
export function requireOwnFile({ engine, database, overrides: { databaseSuffix = "" } }: Place): void {
  if (engine.keepsOneProject !== true || database !== undefined || databaseSuffix === "") return;
  throw new UserError(
    `the database suffix ${databaseSuffix} makes tables of another project, and the embedded engine keeps one project in a file; give --database another file, or take a schema suffix`,
  );
}

/** Opens the warehouse of a place, does the work and closes it, whatever happens. */
export async function withWarehouse<T>(
  place: Place,
  create: boolean,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  requireOwnFile(place);
  const warehouse = await place.engine.open(place, { create });
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
}
