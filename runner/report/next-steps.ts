import type { ActionResult } from "../events/events.js";
import { shellWord } from "../events/shell-word.js";

/**
 * The next commands of a run that did not go well: what failed first, with what stands behind it.
 * @param repeatedFlags place and dates as the user gave them: ` --date 2021-11-15`
 */
export function nextSteps(actions: readonly ActionResult[], repeatedFlags: string): string[] {
  if (actions.some(isStopped)) return [`fastbreak run${repeatedFlags} continues; what is built is not built again`];
  const wrong = actions.filter((action) => isNotDone(action) && !isConsequence(action));
  if (wrong.length === 0) return [];
  const open = wrong.filter(isOpenCircuit).map(({ key }) => key);
  if (open.length === wrong.length)
    return [`fastbreak breaker reset ${shellWord(open[0] ?? "")}, once its cause is mended`];
  const names = wrong.filter((action) => !isOpenCircuit(action)).map(({ key }) => shellWord(`${key}+`));
  const selection = names.length > MOST_NAMES ? "" : ` --select ${names.join(" ")}`;
  return [`mend what failed, then fastbreak run${selection}${repeatedFlags}; what is built is not built again`];
}

const MOST_NAMES = 3;

/** Whether an action failed or was kept from running. */
export function isNotDone({ status }: Pick<ActionResult, "status">): boolean {
  return status === "failed" || status === "blocked";
}

/** Whether an action did not run only because another one did not. */
export function isConsequence({ status, partitions }: Pick<ActionResult, "status" | "partitions">): boolean {
  return status === "blocked" && partitions.every(({ reason }) => reason === "upstream_failed");
}

function isStopped({ partitions }: ActionResult): boolean {
  return partitions.some(({ reason }) => reason === "interrupted");
}

function isOpenCircuit({ partitions }: ActionResult): boolean {
  return partitions.some(({ reason }) => reason === "breaker_open");
}
