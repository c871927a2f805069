import type { RunnableAction, RunnableProject } from "../graph/action.js";
import { type Selection, selectActions } from "../plan/select.js";
import { runnableProject } from "../project/runnable.js";
import type { PlaceOptions } from "./choose-settings.js";
import { loadPlace } from "./load-place.js";
import { findPlace } from "./place.js";
import { asksForState, changedFilesOf, planSession, selectable, staleOf } from "./plan-request.js";
import { withProject } from "./session.js";

/** A project, and the actions of it that a selection picks, in dependency order. */
export interface SelectedProject {
  readonly project: RunnableProject;
  readonly selected: readonly RunnableAction[];
}

/**
 * Loads a project and selects actions of it. The warehouse is opened only where the selection asks for its state.
 * @throws SelectionError for a name, tag or path that matches nothing
 */
export async function selectProject(options: PlaceOptions, selection: Selection): Promise<SelectedProject> {
  if (!asksForState(selection)) {
    const place = findPlace(options);
    const project = runnableProject((await loadPlace(place)).manifest);
    return select(place.projectDir, project, selection, new Set());
  }
  return withProject(options, async (session) => {
    const everything = { ...selection, select: [], exclude: [], actions: [], tags: [] };
    const request = { window: undefined, selection: everything, force: false, upstream: true };
    const stale = staleOf(await planSession(session, request));
    return select(session.projectDir, session.project, selection, stale);
  });
}

async function select(
  projectDir: string,
  project: RunnableProject,
  selection: Selection,
  stale: ReadonlySet<string>,
): Promise<SelectedProject> {
  const changedFiles = await changedFilesOf(projectDir, selection);
  const keys = selectActions(project.actions.map(selectable), selection, { stale, changedFiles });
  return { project, selected: project.actions.filter(({ node }) => keys === undefined || keys.has(node.key)) };
}
