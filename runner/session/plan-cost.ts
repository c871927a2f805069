import type { ProjectPlan } from "../decide/plan-project.js";
import type { RunEvent } from "../events/events.js";
import { upkeepEvents } from "../execute/keep-up.js";
import { EngineError } from "../port/engine-error.js";
import type { CostQuestions } from "../port/port.js";
import type { ProjectSession } from "./session.js";

/** What a run of a plan would cost, and what it would set on relations whose rows it leaves, as events. */
export async function foreseen({ warehouse }: Pick<ProjectSession, "warehouse">, plan: ProjectPlan) {
  return [...(await upkeepEvents(warehouse, plan)), ...(await costOf({ warehouse }, plan))];
}

/** What a plan would cost, as an event; none where work costs nothing. */
export async function costOf({ warehouse }: Pick<ProjectSession, "warehouse">, plan: ProjectPlan): Promise<RunEvent[]> {
  return warehouse.cost === undefined ? [] : [await estimated(plan, warehouse.cost)];
}

/** It composes every query, which a run that has nothing to do never needs. */
async function estimated(plan: ProjectPlan, cost: CostQuestions) {
  const { estimateCost } = await import("../execute/estimate-cost.js");
  return estimateCost(plan, cost);
}

/**
 * Asks before the first job whether a run fits its budget; without one nobody is asked.
 * @throws EngineError `refused`
 */
export async function requireBudget(
  { warehouse }: Pick<ProjectSession, "warehouse">,
  plan: ProjectPlan,
): Promise<void> {
  const most = warehouse.cost?.mostPerRun;
  if (warehouse.cost === undefined || most === undefined) return;
  const { bytes, actions } = await estimated(plan, warehouse.cost);
  if (bytes <= most) return;
  const [largest] = actions.filter(({ runs }) => runs).sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
  throw new EngineError(
    "refused",
    `the run would process ${bytes} bytes, most of them for ${largest?.key} (${largest?.bytes}), and "maximumBytesPerRun" in fastbreak.json allows ${most}; nothing was run`,
  );
}
