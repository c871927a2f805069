import type { ProjectPlan } from "../decide/plan-project.js";
import type { Observation } from "../port/port.js";
import { readFailures } from "../state/model-failures.js";
import { assertionsInQuarantine } from "../state/quarantine.js";
import { isAsBuilt } from "./failures.js";

/**
 * Whether something stands failed, or in quarantine, that the plan finds in order: inputs are as they were before, so that nothing has
 * to run, and only what is kept of the failure must go.
 */
export async function owesSettling(observation: Observation, dataset: string, plan: ProjectPlan): Promise<boolean> {
  const isFine = (key: string, partition?: string) =>
    (plan.decisions.get(key) ?? []).some(
      (decided) => isAsBuilt(decided.reason) && (partition === undefined || decided.partition === partition),
    ) ||
    (partition !== undefined && (plan.freshUpstreams.get(key) ?? []).some((fresh) => fresh === partition));
  const failures = await readFailures(observation, dataset);
  if (failures.some(({ model, partition }) => isFine(model, partition))) return true;
  const quarantined = await assertionsInQuarantine(observation, dataset);
  // What a gate of a model found goes with the failure of the model.
  return [...quarantined].some(([assertion, model]) => model === undefined && isFine(assertion));
}
