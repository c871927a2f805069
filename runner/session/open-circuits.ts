import type { ProjectPlan } from "../decide/plan-project.js";
import { refusedUntil } from "../plan/breaker.js";
import { readBreakers } from "../state/breaker-state.js";
import type { ProjectSession } from "./session.js";

/** A line for each action of a plan whose circuit breaker will refuse it, or lets one attempt through. */
export async function openCircuitNotes(
  { warehouse, settings }: Pick<ProjectSession, "warehouse" | "settings">,
  plan: ProjectPlan,
): Promise<readonly string[]> {
  const running = plan.project.actions.filter(
    ({ node, breaker }) =>
      breaker !== undefined && plan.decisions.get(node.key)?.some(({ decision }) => decision === "run"),
  );
  if (running.length === 0) return [];
  const stored = await warehouse.observe((observation) => readBreakers(observation, settings.stateDataset));
  const now = new Date().toISOString();
  return running.flatMap(({ node, breaker }) => {
    const found = stored.get(node.key)?.breaker;
    if (breaker === undefined || found === undefined || found.state === "CLOSED") return [];
    const until = refusedUntil(found, breaker, now);
    const last = found.history.at(-1)?.message;
    const behind = last === undefined ? "" : `; last: ${last}`;
    return until === undefined
      ? [`circuit of ${node.key} is half open: one attempt is let through${behind}`]
      : [`circuit of ${node.key} is open until ${until}: it will be refused${behind}`];
  });
}
