import type { ProjectPlan } from "../decide/plan-project.js";
import type { ActionResult } from "../events/events.js";
import { traitsOf } from "../graph/reasons.js";
import { plainLine } from "./text.js";

/** A plan in the shape of results, for the reports: nothing has run. */
export function plannedResults(plan: ProjectPlan): ActionResult[] {
  return plan.project.actions.map((action) => ({
    key: action.node.key,
    type: action.type,
    partitions: plan.decisions.get(action.node.key) ?? [],
    status: "skipped",
    counts: undefined,
    durationMs: 0,
    error: undefined,
  }));
}

/** Whether a plan has anything to run or to record. */
export function hasWork(plan: ProjectPlan): boolean {
  return [...plan.decisions.values()].some((decisions) =>
    decisions.some(({ decision, reason }) => decision === "run" || traitsOf(reason).recorded),
  );
}

/** What the user should know of a plan though it stops nothing, a line each. */
function planWarnings({ leftStale, undeclared }: ProjectPlan): string[] {
  const lines = undeclared.map(
    ({ reader, table }) => `${reader} reads ${table}, which the project does not declare; it is watched like a source`,
  );
  if (leftStale.length === 0) return lines;
  const shown = leftStale.slice(0, 5).join(", ");
  const more = leftStale.length > 5 ? ` and ${leftStale.length - 5} more` : "";
  return [...lines, `the selection leaves ${leftStale.length} stale: ${shown}${more}`];
}

/** Prints the warnings of a plan on standard error. */
export function tellWarnings(plan: ProjectPlan): void {
  for (const line of planWarnings(plan)) process.stderr.write(`note: ${plainLine(line)}\n`);
}
