import type { ProjectPlan } from "../decide/plan-project.js";
import { traitsOf } from "../graph/reasons.js";
import type { Observation } from "../port/port.js";
import { readFailures } from "../state/model-failures.js";
import { assertionsInQuarantine } from "../state/quarantine.js";

/**
 * Whether something stands failed, or in quarantine, that the plan finds in order: inputs are as they were before, so that nothing has
 * to run, and only what is kept of the failure must go.
 */
export async function owesSettling(observation: Observation, dataset: string, plan: ProjectPlan): Promise<boolean> {
  const isFine = (key: string, partition?: string) =>
    (plan.decisions.get(key) ?? []).some(
      (decided) =>
        decided.decision === "skip" &&
        !traitsOf(decided.reason).leftOut &&
        (partition === undefined || decided.partition === partition),
    );
  const failures = await readFailures(observation, dataset);
  if (failures.some(({ model, partition }) => isFine(model, partition))) return true;
  const quarantined = await assertionsInQuarantine(observation, dataset);
  return [...quarantined].some((assertion) => isFine(assertion));
}
