import type { ProjectPlan } from "../decide/plan-project.js";
import type { ActionResult, EventListener, RunEvent } from "../events/events.js";
import type { RunnableAction } from "../graph/action.js";
import type { PartitionDecision } from "../graph/decision.js";
import { traitsOf } from "../graph/reasons.js";
import { relationKey, type Warehouse } from "../port/port.js";
import type { DueRelation, WantedRelation } from "../port/relation-settings.js";
import { isLeftOut } from "./action-result.js";

/** What the jobs of an action are done for. */
export function purposeOf(action: RunnableAction, runId: string) {
  const { labels, reservation, node } = action;
  return { run: runId, action: node.key, labels, reservation };
}

/** Whether relations of the plan stand with other descriptions, labels and the like than the project gives them. */
export async function owesUpkeep(warehouse: Warehouse, plan: ProjectPlan): Promise<boolean> {
  return (await dueOf(warehouse, plan, () => true)).length > 0;
}

/** What a run would set on relations whose rows it leaves as they are. */
export async function upkeepEvents(warehouse: Warehouse, plan: ProjectPlan): Promise<readonly RunEvent[]> {
  const due = await dueOf(warehouse, plan, (decisions) => decisions.every(({ decision }) => decision === "skip"));
  return due.map(({ wanted, what }): RunEvent => ({ event: "relation_differs", key: relationKey(wanted.id), what }));
}

async function dueOf(
  { upkeep }: Warehouse,
  plan: ProjectPlan,
  isMeant: (decisions: readonly PartitionDecision[]) => boolean,
): Promise<readonly DueRelation[]> {
  if (upkeep === undefined) return [];
  const wanted = plan.project.actions.flatMap((action): WantedRelation[] => {
    const decided = plan.decisions.get(action.node.key) ?? [];
    const isLeftOut = decided.every(({ reason }) => traitsOf(reason).leftOut);
    return action.wanted === undefined || isLeftOut || !isMeant(decided) ? [] : [action.wanted];
  });
  return upkeep.due(wanted);
}

/**
 * Behind an action, whatever became of it: its relation gets the descriptions, labels and the like that the project gives it, be its rows
 * built or as they were.
 * @returns the result, failed where the warehouse refuses them
 */
export async function keepUp(
  warehouse: Warehouse,
  action: RunnableAction,
  result: ActionResult,
  runId: string,
  emit: EventListener,
): Promise<ActionResult> {
  const { upkeep } = warehouse;
  const { wanted } = action;
  const { key, kind } = action.node;
  if (upkeep === undefined || wanted === undefined || !isKeptUp(action, result)) return result;
  try {
    // What has run may be other than it was when anybody looked.
    const isDue = result.status !== "skipped" || (await upkeep.due([wanted])).length > 0;
    const what = isDue ? await upkeep.bring(wanted, purposeOf(action, runId)) : [];
    if (what.length > 0 && kind !== "assertion") emit({ event: "relation_described", key, what });
    return result;
  } catch (cause) {
    // Rows that it finds in what was not published are told; the view of them comes when that is.
    if (result.status === "failed") return result;
    return { ...result, status: "failed", error: `${action.fileName}: ${(cause as Error).message}` };
  }
}

/** Stock Dataform leaves the view of an assertion that finds rows, too: it shows them. */
function isKeptUp({ node }: RunnableAction, result: ActionResult): boolean {
  if (isLeftOut(result)) return false;
  const { status } = result;
  return status === "success" || status === "unchanged" || status === "skipped" || node.kind === "assertion";
}
