import { resolve } from "node:path";
import type { Engine, WarehousePlace } from "../engines/engine.js";
import { DEFAULT_ENGINE, engineNamed, engineNames } from "../engines/registry.js";
import { UserError } from "../graph/user-error.js";
import type { Warehouse } from "../port/port.js";
import { findProject, type RunnerSettings, readRunnerSettings } from "../project/settings.js";

/** What somebody says of where things are; what is left open is taken from the project's settings. */
export interface PlaceOptions {
  readonly projectDir: string;
  /** Name of an engine. */
  readonly target?: string | undefined;
  readonly database?: string | undefined;
}

/** Where things are for one command. */
export interface Place extends WarehousePlace {
  readonly settings: RunnerSettings;
  readonly engine: Engine;
}

/**
 * Finds the project, its settings and its engine; opens nothing.
 * @throws ProjectError when there is no project or its settings are wrong; UserError for an engine that nobody knows
 */
export function findPlace(options: PlaceOptions): Place {
  const projectDir = findProject(resolve(options.projectDir));
  const settings = readRunnerSettings(projectDir);
  const name = options.target ?? DEFAULT_ENGINE;
  const engine = engineNamed(name);
  if (engine === undefined) {
    const known = engineNames().join(" or ");
    throw new UserError(
      name === "bigquery"
        ? `--target bigquery is not available in this version; use --target ${known}`
        : `--target ${name} is not known; use ${known}`,
    );
  }
  const database = options.database === undefined ? undefined : resolve(options.database);
  return { projectDir, settings, engine, database, memory: undefined, threads: undefined };
}

/** Opens the warehouse of a place, does the work and closes it, whatever happens. */
export async function withWarehouse<T>(
  place: Place,
  create: boolean,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  const warehouse = await place.engine.open(place, { create });
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
}
