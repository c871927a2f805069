import type { ProjectPlan } from "../decide/plan-project.js";
import type { EventListener, RunEvent } from "../events/events.js";
import { owesUpkeep } from "../execute/keep-up.js";
import { owesSettling } from "../execute/owed.js";
import { eventsOfPlan, hasWork, leavesOut, type RunIdentity } from "../execute/plan-events.js";
import { locateInProject } from "../project/locate.js";
import type { AlertRequest } from "./alerts.js";
import { announced } from "./announce.js";
import { historyTables } from "./history-tables.js";
import type { ProjectSession } from "./session.js";
import { shardOptions, workersOf } from "./shard-options.js";

/** How a plan is carried out. */
export interface CarryOutOptions {
  readonly runId: string;
  readonly startedAt: Date;
  /** Start nothing more after the first failure. */
  readonly failFast: boolean;
  /** Whether the plan was made with `force`. */
  readonly force: boolean;
  /** Aborted when the run is to stop. */
  readonly signal?: AbortSignal;
  readonly emit: EventListener;
  /** Ask the rules for alerts behind it; `false` where more of the same work is to come. */
  readonly asksAlerts?: boolean;
  /** Where alerts are printed that a receiver of the kind stdout takes. */
  readonly printAlert?: AlertRequest["print"];
}

/**
 * Carries a plan out in its session, announced to whoever finds the warehouse locked meanwhile.
 * @returns everything that happened, in order; where nothing had to run, nothing was written
 */
export async function carryOut(
  session: ProjectSession,
  plan: ProjectPlan,
  { emit: tell, printAlert = () => undefined, ...options }: CarryOutOptions,
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  const emit: EventListener = (event) => {
    events.push(event);
    tell(event);
  };
  const run = runIdentity(session, "run", options);
  const history = await historyTables(session);
  const { stateDataset } = session.settings;
  const owes = async () =>
    (await session.warehouse.observe((seen) => owesSettling(seen, stateDataset, plan))) ||
    owesUpkeep(session.warehouse, plan);
  // What a rule has left out is an execution that the project's own history tells of.
  if (!hasWork(plan) && !(history.length > 0 && leavesOut(plan)) && !(await owes())) {
    for (const event of eventsOfPlan(plan, session.engine.name, run)) emit(event);
    return events;
  }
  const { executePlan } = await import("../execute/execute-plan.js");
  const shards = shardOptions(session, workersOf(session));
  await announced(session, "run", async () => {
    await executePlan(session.warehouse, plan, {
      ...run,
      stateDataset: session.settings.stateDataset,
      concurrency: session.concurrency,
      failFast: options.failFast,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      force: options.force,
      history,
      shards,
      locate: (action, text, offset) => locateInProject(session.projectDir, action, text, offset),
      emit,
    });
    if (
      options.asksAlerts === false ||
      options.signal?.aborted ||
      Object.keys(session.settings.alerts.rules).length === 0
    )
      return;
    const { checkAlerts } = await import("./alerts.js");
    const { runId } = options;
    await checkAlerts(session, {
      window: plan.window,
      everyDate: false,
      now: new Date(),
      runId,
      print: printAlert,
      emit,
    });
  });
  return events;
}

/** A plan as the events of a run in which nothing runs. */
export function planEvents(
  session: ProjectSession,
  plan: ProjectPlan,
  command: string,
  run: Pick<RunIdentity, "runId" | "startedAt">,
): readonly RunEvent[] {
  return eventsOfPlan(plan, session.engine.name, runIdentity(session, command, run));
}

function runIdentity(
  { loaded }: ProjectSession,
  command: string,
  { runId, startedAt }: Pick<RunIdentity, "runId" | "startedAt">,
): RunIdentity {
  return { runId, startedAt, command, compiledManifest: loaded.compiled ? loaded.manifest : undefined };
}
