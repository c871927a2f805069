import { planProject } from "../decide/plan-project.js";
import { UserError } from "../graph/user-error.js";
import { EVERYTHING, selectActions } from "../plan/select.js";
import { deferredProject } from "../project/defer.js";
import type { ManifestAction } from "../project/manifest.js";
import { runnableProject } from "../project/runnable.js";
import { checkState } from "../state/migrate.js";
import { loadPlace } from "./load-place.js";
import { asksForState, changedFilesOf, type PlanRequest, selectable, staleOf } from "./plan-request.js";
import type { ProjectSession } from "./session.js";
import { withSourceLayouts } from "./source-layouts.js";

/** An environment that makes only what differs from the published datasets. */
export interface DeferredSession {
  /** Its manifest is still that of the whole project: it is kept with the state. */
  readonly session: ProjectSession;
  readonly request: PlanRequest;
  /** How many tables, views and operations of the project are made here, and how many are read where they are published. */
  readonly made: number;
  readonly published: number;
}

/**
 * Finds out what differs from the published datasets: what a run without the environment's suffix would run, with all that reads it.
 * Everything else is there already as a rebuild would make it, and is read there.
 * @throws UserError for an environment without a suffix of its own, and for a selection by the state of the environment
 */
export async function deferSession(session: ProjectSession, request: PlanRequest): Promise<DeferredSession> {
  const { overrides, settings } = session;
  const suffix = overrides.schemaSuffix ?? "";
  if (suffix === "")
    throw new UserError("--defer needs an environment to make what differs in; give --schema-suffix too");
  // Another engine is asked for the relations that the environment names, and for no others.
  if (!session.warehouse.capabilities.transactionalDdl)
    throw new UserError(`--defer works on the embedded engine only, not on --target ${session.engine.name}`);
  if (asksForState(request.selection))
    throw new UserError(
      "--defer makes what differs from what is published; state: selects by the environment, leave it out",
    );
  const own = session.loaded.manifest;
  const { manifest: published } = await loadPlace({ ...session, overrides: { ...overrides, schemaSuffix: "" } });
  const places = new Map(published.actions.map((action) => [placeOf(action, ""), action.key]));
  const publishedKeys = new Map(
    own.actions.flatMap((action) => {
      const key = places.get(placeOf(action, suffix));
      return key === undefined ? [] : [[action.key, key] as const];
    }),
  );
  const ownKeys = new Map([...publishedKeys].map(([key, other]) => [other, key]));
  const changedFiles = await changedFilesOf(session.projectDir, request.selection);
  const selected = selectActions(session.project.actions.map(selectable), request.selection, {
    stale: new Set(),
    changedFiles,
  });
  const base = runnableProject(published, settings.failedAssertions);
  const warehouse = withSourceLayouts(session.warehouse, settings, published, base);
  const engineVersion = await session.warehouse.version();
  const plan = await warehouse.observe(async (observation) => {
    await checkState(observation, settings.stateDataset);
    return planProject(observation, base, settings.stateDataset, engineVersion, {
      window: request.window,
      selected: selected && new Set([...selected].flatMap((key) => publishedKeys.get(key) ?? [])),
      force: request.force,
      upstream: true,
    });
  });
  const isAssertion = new Set(own.actions.flatMap(({ key, type }) => (type === "assertion" ? [key] : [])));
  const differing = new Set(
    [...staleOf(plan)].flatMap((key) => ownKeys.get(key) ?? []).filter((key) => !isAssertion.has(key)),
  );
  // What only the environment has is nowhere else.
  for (const { key, type } of own.actions)
    if (!publishedKeys.has(key) && type !== "declaration" && type !== "test" && (selected?.has(key) ?? true))
      differing.add(key);
  const { manifest, made } = deferredProject(own, published, differing, (key) => publishedKeys.get(key));
  const project = runnableProject(manifest, settings.failedAssertions);
  const asked = selected && [...selected].filter((key) => made.has(key));
  const makers = session.project.actions.filter(({ node }) => node.kind !== "assertion" && !node.disabled);
  const isMade = makers.filter(({ node }) => made.has(node.key)).length;
  return {
    session: {
      ...session,
      // Nothing of what is asked for differs: then nothing is to be made.
      project: asked?.length === 0 ? { ...project, actions: [] } : project,
      warehouse: withSourceLayouts(session.warehouse, settings, manifest, project),
    },
    request: {
      ...request,
      selection: asked === undefined || asked.length === 0 ? EVERYTHING : { ...EVERYTHING, actions: asked },
    },
    made: isMade,
    published: makers.length - isMade,
  };
}

/** What an action is called where datasets have no suffix. */
function placeOf({ type, target: { database, dataset, name } }: ManifestAction, suffix: string): string {
  const end = `_${suffix}`;
  const plain = suffix !== "" && dataset.endsWith(end) ? dataset.slice(0, -end.length) : dataset;
  return `${type === "test" ? "test" : ""} ${database}.${plain}.${name}`;
}
