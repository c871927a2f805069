import { setImmediate as nextTurn } from "node:timers/promises";
import type { RunnableProject } from "../graph/action.js";
import { EngineError } from "../port/engine-error.js";
import type { Warehouse } from "../port/port.js";
import { namedRelations, projectNames } from "../project/foreign-relations.js";
import type { LoadedProject } from "../project/load-project.js";
import { type Manifest, parseManifest } from "../project/manifest.js";
import { runnableProject } from "../project/runnable.js";
import { readStoredManifest } from "../state/stored-manifest.js";
import { loadPlace } from "./load-place.js";
import { findPlace, type Place, type PlaceOptions, requireOwnFile } from "./place.js";
import { withSourceLayouts } from "./source-layouts.js";
import { systemTablesOf } from "./system-tables.js";

/** A project and its open warehouse. */
export interface ProjectSession extends Place {
  readonly warehouse: Warehouse;
  readonly loaded: LoadedProject;
  readonly project: RunnableProject;
}

/**
 * Loads the project and opens its warehouse side by side, does the work and closes the warehouse, whatever happens.
 * @param create make a warehouse where there is none
 * @throws ProjectError when the project does not compile; EngineError when the warehouse cannot be opened
 */
export async function withProject<T>(
  options: PlaceOptions,
  work: (session: ProjectSession) => Promise<T>,
  create = false,
): Promise<T> {
  const known = findPlace(options);
  const projects = async () => projectNames((await loading).manifest);
  const place: Place = {
    ...known,
    projects,
    systemTables: systemTablesOf({ ...known, projects }),
    relations: async () => [...namedRelations((await loading).manifest), ...ownRelations(place.settings)],
  };
  await place.engine.load?.();
  requireOwnFile(place);
  const opening = place.engine.open(place, { create: false });
  const stored = () =>
    opening.then(
      (warehouse) => storedManifest(warehouse, place.settings.stateDataset),
      () => undefined,
    );
  // Opening a file keeps other threads busy and loading the project this one, so that it has to be under way before.
  const onCompile = () => void opening.then((warehouse) => warehouse.lookAhead?.()).catch(() => undefined);
  const loading: Promise<LoadedProject> = nextTurn().then(() =>
    loadPlace(place, { warehouseManifest: stored, onCompile }),
  );
  const { failedAssertions, breakers } = place.settings;
  const preparing = loading.then((loaded) => ({
    loaded,
    project: runnableProject(loaded.manifest, failedAssertions, breakers.models),
  }));
  const [opened, prepared] = await Promise.allSettled([opening, preparing]);
  if (prepared.status === "rejected") {
    if (opened.status === "fulfilled") await opened.value.close();
    throw prepared.reason;
  }
  const { loaded, project } = prepared.value;
  const warehouse = opened.status === "fulfilled" ? opened.value : await openMissing(place, opened.reason, create);
  try {
    const laidOut = withSourceLayouts(warehouse, place.settings, loaded.manifest, project);
    return await work({ ...place, warehouse: laidOut, loaded, project });
  } finally {
    await warehouse.close();
  }
}

/** The same; where there is no warehouse yet, with an empty one that nobody else sees. */
export async function withProjectOrNothing<T>(
  options: PlaceOptions,
  work: (session: ProjectSession) => Promise<T>,
): Promise<T> {
  const place = findPlace(options);
  const { openScratch } = place.engine;
  if (place.engine.exists(place) || openScratch === undefined) return withProject(options, work);
  const loaded = await loadPlace(place);
  const warehouse = await openScratch(projectNames(loaded.manifest));
  try {
    const { failedAssertions, breakers } = place.settings;
    const project = runnableProject(loaded.manifest, failedAssertions, breakers.models);
    return await work({ ...place, warehouse, loaded, project });
  } finally {
    await warehouse.close();
  }
}

/** A project over a warehouse that is open: compiled anew where its files have changed. */
export async function sessionOver(place: Place, warehouse: Warehouse): Promise<ProjectSession> {
  const loaded = await loadPlace(place);
  const project = runnableProject(loaded.manifest);
  const laidOut = withSourceLayouts(warehouse, place.settings, loaded.manifest, project);
  return { ...place, warehouse: laidOut, loaded, project };
}

/** Keys of the tables that a command looks at besides those of the project: the runner's own, and those of its history. */
export function ownRelations({ stateDataset, history }: ProjectSession["settings"]): readonly string[] {
  const { loads, steps = {} } = history ?? {};
  return [`${stateDataset}.*`, ...(loads === undefined ? [] : [loads]), ...Object.keys(steps)];
}

async function openMissing(place: Place, reason: unknown, create: boolean): Promise<Warehouse> {
  if (create && reason instanceof EngineError && reason.code === "missing") return place.engine.open(place, { create });
  throw reason;
}

async function storedManifest(warehouse: Warehouse, dataset: string): Promise<Manifest | undefined> {
  const text = await warehouse.observe((observation) => readStoredManifest(observation, dataset));
  try {
    return text === undefined ? undefined : parseManifest(JSON.parse(text));
  } catch {
    return undefined;
  }
}
