import { type RunnableProject, UserError } from "../execute/action.js";
import type { ActionResult } from "../execute/events.js";
import { type ProjectPlan, planProject } from "../execute/plan-project.js";
import { selectActions } from "../plan/select.js";
import { checkState } from "../state/migrate.js";
import { locateInProject } from "./locate.js";
import { type DecideOptions, selectionOf } from "./selection-options.js";
import type { ProjectSession } from "./session.js";
import { windowOf } from "./window.js";

/**
 * Plans what the flags ask for, in one transaction that writes nothing.
 * @throws UserError when the SQL of a selected action cannot be read
 * @throws WarehouseError `newer_version` when a newer fastbreak has written the state
 */
export async function decideSession(session: ProjectSession, options: DecideOptions): Promise<ProjectPlan> {
  const selected = selectActions(
    session.project.actions.map(({ node, target, fileName, tags, dependencies }) => ({
      key: node.key,
      name: target.name,
      fileName,
      tags,
      dependencies,
    })),
    selectionOf(options),
  );
  refuseUnreadable(session, selected);
  const request = { window: windowOf(options), selected, force: options.fullRefresh ?? false };
  const { stateDataset } = session.settings;
  return session.warehouse.transaction(async (transaction) => {
    await checkState(transaction, stateDataset);
    return planProject(transaction, session.project, stateDataset, request);
  });
}

/** SQL that the dialect cannot read would only fail later, after other models were published. */
function refuseUnreadable(session: ProjectSession, selected: ReadonlySet<string> | undefined): void {
  const problems = session.project.actions.flatMap((action) => {
    if (action.unscannable === undefined || action.node.disabled) return [];
    if (selected !== undefined && !selected.has(action.node.key)) return [];
    const place = locateInProject(session.projectDir, action, action.unscannable.offset);
    return [`${place}: ${action.unscannable.message}`];
  });
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}

/** A plan in the shape of results, for the reports: nothing has run. */
export function plannedResults(project: RunnableProject, plan: ProjectPlan): ActionResult[] {
  return project.actions.map((action) => ({
    key: action.node.key,
    type: action.type,
    partitions: plan.decisions.get(action.node.key) ?? [],
    status: "skipped",
    counts: undefined,
    durationMs: 0,
    error: undefined,
  }));
}

/** Whether a plan has any partition to run. */
export function hasWork(plan: ProjectPlan): boolean {
  return [...plan.decisions.values()].some((decisions) =>
    decisions.some(({ decision, reason }) => decision === "run" || reason === "cosmetic"),
  );
}

/** A new run id: time of start, then eight random hex digits; ids sort by time. */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${stamp}-${crypto.randomUUID().slice(0, 8)}`;
}
