import { type RunnableAction, UserError } from "../execute/action.js";
import type { ActionResult } from "../execute/events.js";
import { type ProjectPlan, planProject, type RunRequest } from "../execute/plan-project.js";
import { type Selectable, type Selection, selectActions } from "../plan/select.js";
import { plainLine } from "../report/text.js";
import { checkState } from "../state/migrate.js";
import type { Transaction } from "../warehouse/port.js";
import { locateInProject } from "./locate.js";
import { type DecideOptions, selectionOf } from "./selection-options.js";
import type { ProjectSession } from "./session.js";
import { windowOf } from "./window.js";

/**
 * Plans what the flags ask for, in one transaction that writes nothing.
 * @throws UserError when the SQL of a selected action cannot be read
 * @throws WarehouseError `newer_version` when a newer fastbreak has written the state
 */
export async function decideSession(session: ProjectSession, options: DecideOptions): Promise<ProjectPlan> {
  return session.warehouse.transaction(async (transaction) => {
    const { plan } = await planInTransaction(transaction, session, options);
    return plan;
  });
}

/**
 * The same in a transaction of the caller.
 * @returns the plan and the keys of the selected actions; undefined: all
 */
export async function planInTransaction(
  transaction: Transaction,
  session: ProjectSession,
  options: DecideOptions,
): Promise<{ readonly plan: ProjectPlan; readonly selected: ReadonlySet<string> | undefined }> {
  const { stateDataset } = session.settings;
  const selection = selectionOf(options);
  const request = { window: windowOf(options), selected: undefined, force: options.fullRefresh ?? false };
  const changedFiles = await changedFilesOf(session.projectDir, selection);
  await checkState(transaction, stateDataset);
  const decide = (asked: RunRequest) => planProject(transaction, session.project, stateDataset, asked);
  const stale = asksForState(selection) ? staleOf(await decide({ ...request, force: false })) : new Set<string>();
  const selected = selectActions(session.project.actions.map(selectable), selection, { stale, changedFiles });
  refuseUnreadable(session, selected);
  return { plan: await decide({ ...request, selected }), selected };
}

/** An action as selectors see it. */
export function selectable({ node, target, fileName, tags, dependencies, sourceFiles }: RunnableAction): Selectable {
  return { key: node.key, name: target.name, fileName, tags, dependencies, sourceFiles };
}

function asksForState({ select, exclude }: Selection): boolean {
  return [...select, ...exclude].some((selector) => selector.includes("state:"));
}

function staleOf(plan: ProjectPlan): ReadonlySet<string> {
  const runs = [...plan.decisions].filter(([, decided]) => decided.some(({ decision }) => decision === "run"));
  return new Set(runs.map(([key]) => key));
}

async function changedFilesOf(
  projectDir: string,
  { select, exclude }: Selection,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const parts = [...select, ...exclude].flatMap((selector) => selector.split(","));
  const references = new Set(parts.flatMap((part) => /^\s*[+@]?git:(.*?)\+?\s*$/.exec(part)?.[1] ?? []));
  if (references.size === 0) return new Map();
  const { filesChangedSince } = await import("../project/git-changes.js");
  const changed = [...references].map(
    async (reference) => [reference, await filesChangedSince(projectDir, reference)] as const,
  );
  return new Map(await Promise.all(changed));
}

/** SQL that the dialect cannot read would only fail later, after other models were published. */
function refuseUnreadable(session: ProjectSession, selected: ReadonlySet<string> | undefined): void {
  const { actions } = session.project;
  /** What everybody who needs it can do without fails by itself, and takes nothing with it. */
  const isDispensable = (key: string) => {
    const readers = actions.filter(({ dependencies }) => dependencies.includes(key));
    const models = readers.filter(({ node }) => node.kind !== "assertion");
    return models.length > 0 && models.every(({ softDependencies }) => softDependencies.has(key));
  };
  const problems = session.project.actions.flatMap((action) => {
    if (action.unscannable === undefined || action.node.disabled || isDispensable(action.node.key)) return [];
    if (selected !== undefined && !selected.has(action.node.key)) return [];
    const text = { kind: "sql", text: action.query } as const;
    const place = locateInProject(session.projectDir, action, text, action.unscannable.offset);
    return [`${place}: ${action.unscannable.message}`];
  });
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}

/** What the user should know of a plan though it stops nothing, a line each. */
function planWarnings({ leftStale, undeclared }: ProjectPlan): string[] {
  const lines = undeclared.map(
    ({ reader, table }) => `${reader} reads ${table}, which the project does not declare; it is watched like a source`,
  );
  if (leftStale.length === 0) return lines;
  const shown = leftStale.slice(0, 5).join(", ");
  const more = leftStale.length > 5 ? ` and ${leftStale.length - 5} more` : "";
  return [...lines, `the selection leaves ${leftStale.length} stale: ${shown}${more}`];
}

/** Prints the warnings of a plan on standard error. */
export function tellWarnings(plan: ProjectPlan): void {
  for (const line of planWarnings(plan)) process.stderr.write(`note: ${plainLine(line)}\n`);
}

/** A plan in the shape of results, for the reports: nothing has run. */
export function plannedResults(plan: ProjectPlan): ActionResult[] {
  return plan.project.actions.map((action) => ({
    key: action.node.key,
    type: action.type,
    partitions: plan.decisions.get(action.node.key) ?? [],
    status: "skipped",
    counts: undefined,
    durationMs: 0,
    error: undefined,
  }));
}

/** Whether a plan has any partition to run. */
export function hasWork(plan: ProjectPlan): boolean {
  return [...plan.decisions.values()].some((decisions) =>
    decisions.some(({ decision, reason }) => decision === "run" || reason === "cosmetic"),
  );
}

/** A new run id: time of start, then eight random hex digits; ids sort by time. */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${stamp}-${crypto.randomUUID().slice(0, 8)}`;
}
