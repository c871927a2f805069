import type { ProjectPlan } from "../decide/plan-project.js";
import type { EventListener, RunEvent } from "../events/events.js";
import { recordOf } from "../events/run-record.js";
import { quoteKey } from "../googlesql/quote.js";
import type { Locate } from "../graph/locate.js";
import { readQueries } from "../graph/read-queries.js";
import type { Transaction, Warehouse } from "../port/port.js";
import { compactState } from "../state/compact.js";
import { migrateState } from "../state/migrate.js";
import { recordingTime } from "../state/model-state.js";
import { FingerprintLog } from "../state/relation-state.js";
import { beginRun, recordRun } from "../state/run-log.js";
import { recordLayouts } from "../state/source-layouts.js";
import { storeManifest } from "../state/stored-manifest.js";
import { Breakers } from "./breakers.js";
import { Failures } from "./failures.js";
import { beginHistory, type HistoryTable, recordHistory, requireHistory } from "./history.js";
import { notesOf, type RunIdentity, runFinished, runInterrupted, runStarted } from "./plan-events.js";
import { QuarantineLog } from "./quarantine.js";
import { runProject } from "./run-project.js";
import { clearShards, type ShardOptions } from "./shards.js";

export interface ExecuteOptions extends RunIdentity {
  readonly stateDataset: string;
  readonly concurrency: number;
  readonly failFast: boolean;
  /** How the windows of actions are split among workers; undefined: they are not. */
  readonly shards?: ShardOptions | undefined;
  /** Aborted when the run is to stop. */
  readonly signal?: AbortSignal;
  readonly force: boolean;
  /** Tables of the project in which the run leaves rows. */
  readonly history: readonly HistoryTable[];
  readonly emit: EventListener;
  readonly locate: Locate;
}

/** Carries a plan out, tells what happens as events, and keeps the run's history, which is made of these events alone. */
export async function executePlan(warehouse: Warehouse, plan: ProjectPlan, options: ExecuteOptions): Promise<void> {
  const { project } = plan;
  const { stateDataset, runId } = options;
  const events: RunEvent[] = [];
  const emit: EventListener = (event) => {
    events.push(event);
    options.emit(event);
  };
  requireHistory(options.history, plan.snapshot.relations);
  await warehouse.transaction(async (transaction) => {
    await migrateState(transaction, stateDataset, plan.snapshot.relations);
    await createDatasets(transaction, plan);
    if (options.shards !== undefined) await clearShards(transaction, options.shards.dataset, true);
    const begun = recordOf([runStarted(plan, warehouse.target, options)]);
    await beginRun(transaction, stateDataset, begun);
    await beginHistory(transaction, options.history, plan, begun, stateDataset);
  });
  const run = { runId, recordedAt: recordingTime(plan.states, options.startedAt) };
  const views = readQueries(project.actions);
  emit(runStarted(plan, warehouse.target, options));
  for (const note of notesOf(plan)) emit(note);
  const results = await runProject(
    warehouse,
    plan,
    {
      stateDataset,
      run,
      views,
      engineVersion: plan.engineVersion,
      expiresPartitions: warehouse.capabilities.expiresPartitions,
      fingerprints: new FingerprintLog(stateDataset, run, plan.recorded),
      locate: options.locate,
      breakers: await Breakers.open(warehouse, stateDataset, runId, project.actions, emit),
      failures: await Failures.open(warehouse, stateDataset, runId, emit),
      quarantine: await QuarantineLog.open(warehouse, stateDataset, runId, emit),
      emit,
      window: plan.askedWindow,
      force: options.force,
      everything: plan.everything,
    },
    options,
  );
  if (options.signal?.aborted) emit(runInterrupted(String(options.signal.reason), results));
  emit(runFinished(options.startedAt));
  await warehouse.transaction(async (transaction) => {
    if (options.compiledManifest !== undefined)
      await storeManifest(transaction, stateDataset, options.compiledManifest);
    await recordLayouts(transaction, stateDataset, run, foreignLayouts(plan));
    if (options.shards !== undefined) await clearShards(transaction, options.shards.dataset, false);
    const record = recordOf(events);
    await recordRun(transaction, stateDataset, record);
    await recordHistory(transaction, options.history, plan, record, events, options.shards);
    await compactState(transaction, stateDataset);
  });
}

/** By which column the tables of others are partitioned that the project reads. */
function foreignLayouts({ project, snapshot }: ProjectPlan): ReadonlyMap<string, string> {
  const own = new Set(project.actions.flatMap(({ node, writes }) => [node.key, ...writes]));
  const read = new Set(project.actions.flatMap(({ node }) => node.upstreams.map(({ key }) => key)));
  const layouts = new Map<string, string>();
  for (const key of read) {
    const column = own.has(key) ? undefined : snapshot.relations.get(key)?.partitionColumn;
    if (column !== undefined) layouts.set(key, column);
  }
  return layouts;
}

/**
 * Before anything runs, because concurrent transactions that create the same dataset conflict. Operations may write into any dataset of the
 * run, as Dataform makes all of them; an assertion alone needs none.
 */
async function createDatasets(transaction: Transaction, plan: ProjectPlan): Promise<void> {
  const running = plan.project.actions.filter(({ node }) =>
    plan.decisions.get(node.key)?.some(({ decision }) => decision === "run"),
  );
  const hasOperations = running.some(({ node }) => node.kind === "operation");
  const making = running.filter(({ node }) => hasOperations || node.kind !== "assertion");
  const datasets = new Set(making.map(({ target }) => target.dataset));
  for (const dataset of datasets) await transaction.execute(`CREATE SCHEMA IF NOT EXISTS ${quoteKey(dataset)}`);
}
