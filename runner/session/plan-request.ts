import { type ProjectPlan, planProject, type RunRequest } from "../decide/plan-project.js";
import type { RunnableAction } from "../graph/action.js";
import type { RuledOut } from "../plan/ruled-out.js";
import { EVERYTHING, type Selectable, type Selection, selectActions } from "../plan/select.js";
import type { Window } from "../plan/types.js";
import type { Observation, Warehouse } from "../port/port.js";
import { checkState } from "../state/migrate.js";
import type { ProjectSession } from "./session.js";

/** What somebody asks a project for. */
export interface PlanRequest {
  readonly window: Window;
  readonly selection: Selection;
  /** Run every selected partition, whatever the state says. */
  readonly force: boolean;
  /** Build stale or missing upstream partitions in reach of what is asked for first. */
  readonly upstream: boolean;
  /** What rules of the project leave out; undefined: nothing. */
  readonly ruledOut?: RuledOut;
}

/** A plan, and the keys of the actions that were selected; undefined: all of them. */
export interface RequestedPlan {
  readonly plan: ProjectPlan;
  readonly selected: ReadonlySet<string> | undefined;
}

/**
 * Plans what is asked for, in one transaction that writes nothing.
 * @throws UserError when an action would write into the dataset of the runner's state
 * @throws EngineError `newer_state` when a newer fastbreak has written the state
 */
export async function planSession(session: ProjectSession, request: PlanRequest): Promise<ProjectPlan> {
  return session.warehouse.observe(async (observation) => {
    const { plan } = await planInTransaction(observation, session, request);
    return plan;
  });
}

/** Warehouses by which something was planned: who plans again has done something else in between, or waited. */
const planned = new WeakSet<Warehouse>();

/** The same in a transaction of the caller. */
export async function planInTransaction(
  observation: Observation,
  session: ProjectSession,
  { window, selection, force, upstream, ruledOut }: PlanRequest,
): Promise<RequestedPlan> {
  const { stateDataset } = session.settings;
  if (planned.has(session.warehouse)) session.warehouse.lookAgain?.();
  planned.add(session.warehouse);
  const rules = ruledOut === undefined ? {} : { ruledOut };
  const request = { window, selected: undefined, force, upstream, ...rules };
  const engineVersion = await session.warehouse.version();
  const changedFiles = await changedFilesOf(session.projectDir, selection);
  await checkState(observation, stateDataset);
  const decide = (asked: RunRequest) => planProject(observation, session.project, stateDataset, engineVersion, asked);
  const stale = asksForState(selection) ? staleOf(await decide({ ...request, force: false })) : new Set<string>();
  const selected = selectActions(session.project.actions.map(selectable), selection, { stale, changedFiles });
  return { plan: await decide({ ...request, selected }), selected };
}

/** An action as selectors see it. */
export function selectable({ node, target, fileName, tags, dependencies, sourceFiles }: RunnableAction): Selectable {
  return { key: node.key, name: target.name, fileName, tags, dependencies, sourceFiles };
}

/** What selectors ask of the warehouse and of git, in a project that is planned for nothing else. */
export async function selectionFacts(session: ProjectSession, selection: Selection) {
  const whole = { window: undefined, selection: EVERYTHING, force: false, upstream: true };
  return {
    stale: asksForState(selection) ? staleOf(await planSession(session, whole)) : new Set<string>(),
    changedFiles: await changedFilesOf(session.projectDir, selection),
  };
}

/** Whether a selection can only be answered from the state of the warehouse. */
export function asksForState({ select, exclude }: Selection): boolean {
  return [...select, ...exclude].some((selector) => selector.includes("state:"));
}

/** Keys of the actions that a plan runs. */
export function staleOf(plan: ProjectPlan): ReadonlySet<string> {
  const runs = [...plan.decisions].filter(([, decided]) => decided.some(({ decision }) => decision === "run"));
  return new Set(runs.map(([key]) => key));
}

/** The files that differ from each git reference that a selection names. */
export async function changedFilesOf(
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
