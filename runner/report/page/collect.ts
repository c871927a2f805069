import type { Unchecked } from "../../check/check-result.js";
import type { ProjectPlan } from "../../decide/plan-project.js";
import { EngineError } from "../../port/engine-error.js";
import type { Warehouse } from "../../port/port.js";
import { classifyError } from "../../session/classify-error.js";
import { columnsOf } from "../../session/column-graph.js";
import { type PlanRequest, planSession } from "../../session/plan-request.js";
import { ALL_DATES, answerReports } from "../../session/project-reports.js";
import type { ProjectSession } from "../../session/session.js";
import { surroundingsIn } from "../../session/surroundings.js";
import { type LoggedRun, readRunHistory } from "../../state/run-history.js";
import { VERSION } from "../../version.js";
import { plural } from "../text.js";
import { layoutOf } from "./layout.js";
import { pageModels, shownActions } from "./models.js";
import type { PageData, PageModel, PageReport } from "./page-data.js";
import { pageRows } from "./rows.js";
import { pageRuns } from "./runs.js";

export interface CollectOptions {
  /** Without a window: that of the newest run. */
  readonly request: PlanRequest;
  /** How many runs of the log are told. */
  readonly runs: number;
  /** Leave the reports of the project out. */
  readonly withoutReports: boolean;
  /** Finds the columns out; undefined: every time anew. */
  readonly columns?: typeof columnsOf;
}

/** Rows of a report, and of what an assertion has found, that a page holds. */
const MOST_REPORT_ROWS = 2000;
const MOST_SAMPLE_ROWS = 20;

/** Everything that the pages of a project show, from one look at its warehouse. */
export async function collectPage(session: ProjectSession, options: CollectOptions): Promise<PageData> {
  const { warehouse, settings, loaded, engine } = session;
  const history = await warehouse.transaction((transaction) =>
    readRunHistory(transaction, settings.stateDataset, options.runs),
  );
  const request = { ...options.request, window: options.request.window ?? history[0]?.window };
  const plan = await planSession(session, request);
  const around = await surroundingsIn(warehouse, settings.stateDataset);
  const { graph, unchecked } = await (options.columns ?? columnsOf)(session, loaded.manifest, around);
  const unknown = new Map(unchecked.map(({ action, reason }) => [action.key, reason]));
  const found = { projectDir: session.projectDir, manifest: loaded.manifest, plan, graph, unknown };
  const models = await withSamples(pageModels(found), session, failingActions(history, plan));
  const drawn = models.flatMap(({ type }, place) => (type === "assertion" ? [] : [place]));
  const isDrawn = new Set(drawn);
  const edges = models.flatMap(({ reads }, reader) =>
    isDrawn.has(reader) ? reads.filter((read) => isDrawn.has(read)).map((read) => [reader, read] as const) : [],
  );
  const places = new Map(shownActions(loaded.manifest).map(({ key }, place) => [key, place]));
  return {
    version: VERSION,
    project: nameOf(session.projectDir),
    engine: engine.name,
    warehouse: engine.locate(session),
    createdAt: new Date().toISOString(),
    window: request.window ?? null,
    models,
    layout: await layoutOf(drawn, edges),
    runs: pageRuns(history, places),
    reports: options.withoutReports ? [] : await reportsOf(session, request),
    notes: notesOf(unchecked),
  };
}

function notesOf(unchecked: readonly Unchecked[]): readonly string[] {
  const reasons = new Map<string, number>();
  for (const { reason } of unchecked) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return [...reasons].map(([reason, number]) => `Columns of ${plural(number, "action")} not known: ${reason}`);
}

function nameOf(projectDir: string): string {
  return (
    projectDir
      .replace(/[\\/]+$/, "")
      .split(/[\\/]/)
      .at(-1) ?? projectDir
  );
}

async function reportsOf(session: ProjectSession, { window }: PlanRequest): Promise<PageReport[]> {
  const { warehouse, projectDir, settings } = session;
  const answered = await answerReports(warehouse, projectDir, settings.reports, window ?? ALL_DATES);
  return answered.map(({ name, description, result, error }) => ({
    name,
    description,
    rows: result === undefined ? null : pageRows(result, MOST_REPORT_ROWS),
    error: error ?? "",
  }));
}

/** Assertions that found rows when they were last asked, with rows that they find now. */
async function withSamples(
  models: readonly PageModel[],
  { warehouse, loaded }: ProjectSession,
  failing: ReadonlySet<string>,
): Promise<readonly PageModel[]> {
  const queries = new Map(loaded.manifest.actions.map(({ key, query }) => [key, query ?? ""]));
  const sampled: PageModel[] = [];
  for (const model of models) {
    const isAsked = model.type === "assertion" && failing.has(model.key);
    sampled.push(isAsked ? { ...model, sample: await sampleOf(warehouse, queries.get(model.key) ?? "") } : model);
  }
  return sampled;
}

/** The actions that had failed when a run last had to do with them, or whose last verdict stands. */
function failingActions(history: readonly LoggedRun[], { states }: ProjectPlan): ReadonlySet<string> {
  const last = new Map<string, string>();
  for (const { actions } of history)
    for (const { key, status } of actions) if (status !== "skipped" && !last.has(key)) last.set(key, status);
  const failed = [...last].flatMap(([key, status]) => (status === "failed" ? [key] : []));
  const standing = [...states].flatMap(([key, partitions]) =>
    [...partitions.values()].some(({ verdict }) => verdict !== undefined) ? [key] : [],
  );
  return new Set([...failed, ...standing]);
}

async function sampleOf(warehouse: Warehouse, query: string): Promise<PageModel["sample"]> {
  try {
    const result = await warehouse.transaction((transaction) =>
      transaction.query(`SELECT * FROM (\n${query}\n) LIMIT ${MOST_SAMPLE_ROWS}`),
    );
    return pageRows(result, MOST_SAMPLE_ROWS);
  } catch (cause) {
    // What it reads may be gone; that it failed is told all the same.
    if (cause instanceof EngineError || classifyError(cause) !== undefined) return null;
    throw cause;
  }
}
