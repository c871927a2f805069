import type { HistoryTable } from "../execute/history.js";
import { UserError } from "../graph/user-error.js";
import { EVERYTHING, SelectionError, selectActions } from "../plan/select.js";
import type { RelationId } from "../port/port.js";
import { datasetSuffix } from "../project/home-project.js";
import { selectable } from "./plan-request.js";
import type { ProjectSession } from "./session.js";

/**
 * The tables in which runs of a project leave rows, as its settings say.
 * @throws UserError for a selector that matches nothing
 */
export async function historyTables(
  session: Pick<ProjectSession, "projectDir" | "overrides" | "settings" | "project">,
): Promise<readonly HistoryTable[]> {
  const { steps } = session.settings.history;
  if (Object.keys(steps).length === 0) return [];
  const suffix = await datasetSuffix(session.projectDir, session.overrides);
  const actions = session.project.actions.map(selectable);
  return Object.entries(steps).map(([key, { select, completeness, updated, running }]) => {
    const [dataset = "", name = ""] = key.split(".");
    return {
      table: { dataset: `${dataset}${suffix}`, name },
      actions: selected(key, () => selectActions(actions, { ...EVERYTHING, select })),
      completeness,
      updated,
      running,
    };
  });
}

/** The table in which loads of a project leave rows; undefined: none. */
export async function loadHistoryTable({
  projectDir,
  overrides,
  settings,
}: Pick<ProjectSession, "projectDir" | "overrides" | "settings">): Promise<RelationId | undefined> {
  const { loads } = settings.history;
  if (loads === undefined) return undefined;
  const [dataset = "", name = ""] = loads.split(".");
  return { dataset: `${dataset}${await datasetSuffix(projectDir, overrides)}`, name };
}

function selected(key: string, select: () => ReadonlySet<string> | undefined): ReadonlySet<string> {
  try {
    return select() ?? new Set();
  } catch (cause) {
    if (!(cause instanceof SelectionError)) throw cause;
    throw new UserError(`fastbreak.json: history.steps."${key}".select: ${cause.message}`);
  }
}
