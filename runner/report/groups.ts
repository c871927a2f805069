import type { ActionResult } from "../events/events.js";
import { toldReason } from "../plan/partitions.js";
import { plural } from "./text.js";

type Decided = Pick<ActionResult, "key" | "type" | "partitions">;

/** Actions that are told together: those of one dataset, and all assertions. */
export interface ActionGroup<Action extends Decided> {
  readonly name: string;
  readonly actions: readonly Action[];
  /** Those of which something runs. */
  readonly running: readonly Action[];
}

export const ASSERTIONS = "assertions";

/** The actions in groups, in the order in which the first of each comes; the assertions last. */
export function groupActions<Action extends Decided>(actions: readonly Action[]): ActionGroup<Action>[] {
  const groups = new Map<string, Action[]>();
  for (const action of actions) {
    const name = groupOf(action);
    groups.set(name, [...(groups.get(name) ?? []), action]);
  }
  const assertions = groups.get(ASSERTIONS);
  if (assertions !== undefined && groups.delete(ASSERTIONS)) groups.set(ASSERTIONS, assertions);
  return [...groups].map(([name, members]) => ({ name, actions: members, running: members.filter(runs) }));
}

/** Whether something of an action runs. */
export function runs({ partitions }: Pick<Decided, "partitions">): boolean {
  return partitions.some(({ decision }) => decision === "run");
}

/** Actions that the selection does not leave out. */
export function isConcerned({ partitions }: Pick<Decided, "partitions">): boolean {
  return partitions.some(({ reason }) => reason !== "not_selected");
}

/** `12 unchanged, 2 cosmetic`: how many actions have which reason, each counted by its first; one reason of all is not counted. */
export function countReasons(actions: readonly Pick<Decided, "partitions">[]): string {
  const reasons = new Map<string, number>();
  for (const { partitions } of actions) {
    const told = partitions.find(({ decision }) => decision === "run") ?? partitions[0];
    const reason = told === undefined ? "nothing in the window" : toldReason(told).replaceAll("_", " ");
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const [only] = reasons.keys();
  if (reasons.size === 1 && only !== undefined) return only;
  return [...reasons].map(([reason, number]) => `${number} ${reason}`).join(", ");
}

/** `4 of 16 actions to run: 3 code changed, 1 inputs changed | 12 skipped: unchanged` */
export function groupSummary<Action extends Decided>({ name, actions, running }: ActionGroup<Action>): string {
  const resting = actions.filter((action) => !runs(action));
  const noun = name === ASSERTIONS ? "assertion" : "action";
  if (running.length === 0) return `${plural(resting.length, noun)} skipped: ${countReasons(resting)}`;
  const run = `${running.length} of ${plural(actions.length, noun)} to run: ${countReasons(running)}`;
  return resting.length === 0 ? run : `${run} | ${resting.length} skipped: ${countReasons(resting)}`;
}

function groupOf({ key, type }: Decided): string {
  return type === "assertion" ? ASSERTIONS : key.slice(0, Math.max(0, key.lastIndexOf(".")));
}
