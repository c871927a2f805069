import { criteriaOf, evaluateGate } from "../gate/evaluate.js";
import { freshnessVerdicts, type SourceFreshness, sourceFreshness } from "../gate/freshness.js";
import { judgeSourceKeys } from "../gate/source-keys.js";
import { explainWithoutRows } from "../gate/sources-without.js";
import { type GateResult, gateResult } from "../gate/verdict.js";
import type { RunnableProject } from "../graph/action.js";
import { EVERYTHING } from "../plan/select.js";
import type { Transaction } from "../port/port.js";
import { locateInProject } from "../project/locate.js";
import { planInTransaction } from "./plan-request.js";
import type { ProjectSession } from "./session.js";

/** What the gate of a project says of a date, and which of the tables that it judges are not up to date. */
export interface GateAnswer {
  readonly gate: GateResult;
  readonly stale: readonly string[];
}

/** Whether a project has anything that its gate could ask. */
export function hasGate({ project, settings }: Pick<ProjectSession, "project" | "settings">): boolean {
  const asksSources = Object.values(settings.sources).some(
    ({ max_age_hours, key }) => max_age_hours !== undefined || key !== undefined,
  );
  return asksSources || criteriaOf(project.actions).length > 0;
}

/** Asks the assertions of the gate, and how fresh and well keyed the sources are, about one date. */
export async function askGate(transaction: Transaction, session: ProjectSession, date: string): Promise<GateAnswer> {
  const { project, settings, projectDir } = session;
  const { actions } = project;
  const gate = await evaluateGate(transaction, actions, date, (action, text, offset) =>
    locateInProject(projectDir, action, text, offset),
  );
  const window = { from: date, to: date };
  const { plan } = await planInTransaction(transaction, session, {
    window,
    selection: EVERYTHING,
    force: false,
    upstream: true,
  });
  const judged = new Set(criteriaOf(actions).flatMap(({ node }) => node.upstreams.map(({ key }) => key)));
  const isStale = (key: string) => (plan.decisions.get(key) ?? []).some(({ decision }) => decision === "run");
  const fresh = freshnessVerdicts(await askFreshness(transaction, session));
  const keyed = await judgeSourceKeys(transaction, readBy(project), settings.sources);
  const explained = await explainWithoutRows(transaction, project, gate, isStale);
  return {
    gate: gateResult(date, [...explained.verdicts, ...fresh, ...keyed]),
    stale: [...plan.decisions.keys()].filter((key) => judged.has(key) && isStale(key)),
  };
}

/** How fresh the sources of a project are; the one place that `gate` and `status` ask. */
export function askFreshness(
  transaction: Transaction,
  { project, settings }: Pick<ProjectSession, "project" | "settings">,
): Promise<readonly SourceFreshness[]> {
  return sourceFreshness(transaction, readBy(project), settings.sources, settings.stateDataset, new Date());
}

function readBy({ actions }: RunnableProject): readonly string[] {
  return actions.flatMap(({ node }) => node.upstreams.map(({ key }) => key));
}
