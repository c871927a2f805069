import type { ProjectPlan } from "../decide/plan-project.js";
import type { ActionResult, EventListener } from "../events/events.js";
import { locateInProject } from "../project/locate.js";
import { announced } from "./announce.js";
import type { ProjectSession } from "./session.js";

/** How a plan is carried out. */
export interface CarryOutOptions {
  readonly runId: string;
  readonly startedAt: Date;
  /** Start nothing more after the first failure. */
  readonly failFast: boolean;
  /** Whether the plan was made with `force`. */
  readonly force: boolean;
  readonly emit: EventListener;
}

/** Carries a plan out in its session, announced to whoever finds the warehouse locked meanwhile; one result an action. */
export async function carryOut(
  session: ProjectSession,
  plan: ProjectPlan,
  options: CarryOutOptions,
): Promise<readonly ActionResult[]> {
  const { executePlan } = await import("../execute/execute-plan.js");
  return announced(session, "run", () =>
    executePlan(session.warehouse, plan, {
      stateDataset: session.settings.stateDataset,
      compiledManifest: session.loaded.compiled ? session.loaded.manifest : undefined,
      command: "run",
      concurrency: session.concurrency,
      locate: (action, text, offset) => locateInProject(session.projectDir, action, text, offset),
      ...options,
    }),
  );
}
