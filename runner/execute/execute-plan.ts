import type { ProjectPlan } from "../decide/plan-project.js";
import type { ActionResult, EventListener } from "../events/events.js";
import type { Locate } from "../graph/locate.js";
import { decisionsJson } from "../plan/partitions.js";
import type { Transaction, Warehouse } from "../port/port.js";
import { migrateState } from "../state/migrate.js";
import { FingerprintLog } from "../state/relation-state.js";
import { recordRun } from "../state/run-log.js";
import { storeManifest } from "../state/stored-manifest.js";
import { Breakers } from "./breakers.js";
import { runProject } from "./run-project.js";

export interface ExecuteOptions {
  readonly stateDataset: string;
  readonly runId: string;
  readonly startedAt: Date;
  /** The manifest when this run compiled it: it is kept with the state. */
  readonly compiledManifest: { readonly inputsDigest: string } | undefined;
  readonly command: string;
  readonly concurrency: number;
  readonly failFast: boolean;
  readonly force: boolean;
  readonly emit: EventListener;
  readonly locate: Locate;
}

/** Carries a plan out and keeps the run's history. */
export async function executePlan(
  warehouse: Warehouse,
  plan: ProjectPlan,
  options: ExecuteOptions,
): Promise<readonly ActionResult[]> {
  const { project } = plan;
  const { stateDataset, runId } = options;
  await warehouse.prepare();
  await warehouse.transaction(async (transaction) => {
    await migrateState(transaction, stateDataset);
    await createDatasets(transaction, plan);
  });
  const run = { runId, recordedAt: recordingTime(plan, options.startedAt) };
  const views = new Map(
    project.actions.filter(({ node }) => node.kind === "view").map((action) => [action.node.key, action]),
  );
  const started = {
    runId,
    window: plan.window,
    actions: project.actions.length,
    compiled: options.compiledManifest !== undefined,
  };
  options.emit({ event: "run_started", ...started });
  const warn = (message: string) => options.emit({ event: "warning", message });
  const results = await runProject(
    warehouse,
    plan,
    {
      stateDataset,
      run,
      views,
      fingerprints: new FingerprintLog(stateDataset, run, plan.recorded),
      locate: options.locate,
      breakers: await Breakers.open(warehouse, stateDataset, project.actions, warn),
      warn,
    },
    options,
  );
  const finishedAt = new Date();
  options.emit({
    event: "run_finished",
    runId,
    results,
    durationMs: finishedAt.getTime() - options.startedAt.getTime(),
  });
  await warehouse.transaction(async (transaction) => {
    if (options.compiledManifest !== undefined)
      await storeManifest(transaction, stateDataset, options.compiledManifest);
    await recordRun(transaction, stateDataset, outcome(plan, results, finishedAt, options));
  });
  return results;
}

/** Before anything runs, because concurrent transactions that create the same dataset conflict. */
async function createDatasets(transaction: Transaction, plan: ProjectPlan): Promise<void> {
  const running = plan.project.actions.filter(({ node }) =>
    plan.decisions.get(node.key)?.some(({ decision }) => decision === "run"),
  );
  const datasets = new Set(
    running.filter(({ node }) => node.kind === "model" || node.kind === "view").map(({ target }) => target.dataset),
  );
  for (const dataset of datasets) await transaction.execute(`CREATE SCHEMA IF NOT EXISTS \`${dataset}\``);
}

/** Later than every state row there is, even when the machine's clock went back: the newest row must be the last written. */
function recordingTime(plan: ProjectPlan, now: Date): string {
  const newest = [...plan.states.values()]
    .flatMap((partitions) => [...partitions.values()])
    .reduce((latest, { recordedAt }) => Math.max(latest, Date.parse(recordedAt) || 0), 0);
  return new Date(Math.max(now.getTime(), newest + 1)).toISOString();
}

function outcome(plan: ProjectPlan, results: readonly ActionResult[], finishedAt: Date, options: ExecuteOptions) {
  const number = (status: ActionResult["status"]) => results.filter((result) => result.status === status).length;
  return {
    runId: options.runId,
    command: options.command,
    startedAt: options.startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    status: number("failed") + number("blocked") > 0 ? ("failed" as const) : ("success" as const),
    window: plan.window,
    compiled: options.compiledManifest !== undefined,
    totals: {
      run: number("success"),
      unchanged: number("unchanged"),
      skipped: number("skipped"),
      failed: number("failed"),
      blocked: number("blocked"),
    },
    actions: results.map((result) => ({ ...result, partitions: JSON.stringify(decisionsJson(result.partitions)) })),
  };
}
