import type { ProjectPlan } from "../decide/plan-project.js";
import type { SourceFreshness } from "../gate/freshness.js";
import type { Selection } from "../plan/select.js";
import type { Window } from "../plan/types.js";
import { readBreakers, type StoredBreaker } from "../state/breaker-state.js";
import { readFailures } from "../state/model-failures.js";
import { type OpenAlert, readOpenAlerts } from "../state/open-alerts.js";
import { type PastResult, type PastRun, readResults, readRuns } from "../state/run-log.js";
import { askFreshness, askGate, type GateAnswer, hasGate } from "./ask-gate.js";
import { planInTransaction } from "./plan-request.js";
import type { ProjectSession } from "./session.js";

/** What somebody wants to know of a project. */
export interface StatusRequest {
  readonly window: Window;
  readonly selection: Selection;
  /** Runs, or tries of the selected models, that are told. */
  readonly last: number;
  /** The date that the gate is asked about; undefined: the end of the window, or of the last run's. */
  readonly date: string | undefined;
}

/** Everything that the warehouse tells of a project. */
export interface StatusFacts {
  readonly plan: ProjectPlan;
  readonly runs: readonly PastRun[];
  /** How each action ended when it was last tried. */
  readonly results: readonly PastResult[];
  /** Models of which partitions stand failed. */
  readonly failing: ReadonlySet<string>;
  /** The last tries of the selected actions; undefined: nothing is selected. */
  readonly tries: readonly PastResult[] | undefined;
  readonly breakers: readonly StoredBreaker[];
  readonly gate: GateAnswer | undefined;
  readonly sources: readonly SourceFreshness[];
  readonly alerts: readonly OpenAlert[];
}

/** Reads it all in one transaction that writes nothing. */
export async function collectStatus(
  session: ProjectSession,
  { window, selection, last, date }: StatusRequest,
): Promise<StatusFacts> {
  const { warehouse, settings } = session;
  const { stateDataset } = settings;
  const isJudged = hasGate(session);
  return warehouse.transaction(async (transaction) => {
    const request = { window, selection, force: false, upstream: true };
    const { plan, selected } = await planInTransaction(transaction, session, request);
    const runs = await readRuns(transaction, stateDataset);
    const judgedDate = date ?? window?.to ?? runs.find((run) => run.window !== undefined)?.window?.to;
    return {
      plan,
      runs: runs.slice(0, last),
      results: await readResults(transaction, stateDataset),
      failing: new Set((await readFailures(transaction, stateDataset)).map(({ model }) => model)),
      tries: selected && lastOfEach(await readResults(transaction, stateDataset, [...selected]), last),
      breakers: [...(await readBreakers(transaction, stateDataset)).values()],
      gate: isJudged && judgedDate !== undefined ? await askGate(transaction, session, judgedDate) : undefined,
      sources: await askFreshness(transaction, session),
      alerts: await readOpenAlerts(transaction, stateDataset),
    };
  });
}

/** What a run leaves to be known of the warehouse while others hold it. */
export interface FactsAfterRun {
  readonly runs: readonly PastRun[];
  readonly breakers: readonly StoredBreaker[];
  readonly alerts: readonly OpenAlert[];
}

/** The same for the end of a run, which itself tells what stands: only its surroundings are read. */
export async function collectAfterRun(
  { warehouse, settings: { stateDataset } }: ProjectSession,
  last: number,
): Promise<FactsAfterRun> {
  return warehouse.observe(async (observation) => ({
    runs: (await readRuns(observation, stateDataset)).slice(0, last),
    breakers: [...(await readBreakers(observation, stateDataset)).values()],
    alerts: await readOpenAlerts(observation, stateDataset),
  }));
}

function lastOfEach(results: readonly PastResult[], last: number): readonly PastResult[] {
  const seen = new Map<string, number>();
  return results.filter(({ model }) => {
    const number = (seen.get(model) ?? 0) + 1;
    seen.set(model, number);
    return number <= last;
  });
}
