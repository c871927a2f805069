import { diffAside } from "../diff/diff-aside.js";
import { diffStanding, type EnvironmentPair } from "../diff/diff-standing.js";
import type { TableDiff } from "../diff/table-diff.js";
import type { RunnableAction } from "../graph/action.js";
import { UserError } from "../graph/user-error.js";
import { selectActions } from "../plan/select.js";
import { locateInProject } from "../project/locate.js";
import { runnableProject } from "../project/runnable.js";
import { environmentOf } from "./environments.js";
import { loadPlace } from "./load-place.js";
import { type PlanRequest, planSession, selectable } from "./plan-request.js";
import type { ProjectSession } from "./session.js";

/** What is compared how. */
export interface DiffRequest {
  /** Given instead of the models' own keys; empty: not given. */
  readonly key: readonly string[];
  /** Sample rows of each kind. */
  readonly samples: number;
  /** Views too: their rows are computed twice, which may take long. */
  readonly views: boolean;
  readonly onAction: (key: string, done: number, of: number) => void;
}

/**
 * What a run of the working tree would change in the rows of what is selected; nothing stays.
 * @throws UserError where the engine cannot take a build back
 */
export async function diffWorkingTree(
  session: ProjectSession,
  request: PlanRequest,
  options: DiffRequest,
): Promise<readonly TableDiff[]> {
  if (!session.warehouse.capabilities.transactionalDdl)
    throw new UserError(
      `--target ${session.engine.name} cannot take a build back; compare two environments by --against`,
    );
  const plan = await planSession(session, request);
  const selected = plan.selected;
  // Who names nothing means whatever was edited.
  if (options.views && selected !== undefined) requireRelation(plan.project.actions, selected);
  const targets = new Set(
    plan.project.actions
      .filter((action) => isRelation(action, options.views) && (plan.selected?.has(action.node.key) ?? true))
      .map(({ node }) => node.key),
  );
  return diffAside(session.warehouse, plan, targets, {
    ...options,
    stateDataset: session.settings.stateDataset,
    locate: (action, text, offset) => locateInProject(session.projectDir, action, text, offset),
  });
}

/**
 * How what is selected stands in this environment and in the one of another schema suffix.
 * @param against the other suffix; empty: none
 */
export async function diffEnvironments(
  session: ProjectSession,
  { selection }: PlanRequest,
  against: string,
  options: DiffRequest,
): Promise<readonly TableDiff[]> {
  const own = session.overrides.schemaSuffix ?? "";
  if (own === against) throw new UserError("--against names the environment itself; name another one");
  if (against !== "") await environmentOf(session, against);
  const other = runnableProject(
    (await loadPlace({ ...session, overrides: { ...session.overrides, schemaSuffix: against } })).manifest,
  );
  const byPlace = new Map(other.actions.map((action) => [placeOf(action, against), action]));
  const keys = selectActions(session.project.actions.map(selectable), selection);
  const pairs = session.project.actions
    .filter((action) => isRelation(action, options.views) && (keys === undefined || keys.has(action.node.key)))
    .map((after): EnvironmentPair => ({ before: byPlace.get(placeOf(after, own)), after }));
  return diffStanding(session.warehouse, pairs, options);
}

/** Where only operations and assertions are asked for, that no row differs would be no answer. */
function requireRelation(actions: readonly RunnableAction[], selected: ReadonlySet<string>): void {
  const asked = actions.filter(({ node }) => selected.has(node.key));
  const [first] = asked;
  if (first === undefined || asked.some(({ node }) => node.kind === "model" || node.kind === "view")) return;
  throw new UserError(`${first.node.key} is no table or view of which rows could be compared; name what reads it`);
}

function isRelation({ node }: RunnableAction, views: boolean): boolean {
  return !node.disabled && (node.kind === "model" || (views && node.kind === "view"));
}

/** What an action is called where datasets have no suffix. */
function placeOf({ target: { dataset, name } }: RunnableAction, suffix: string): string {
  const end = `_${suffix}`;
  return `${suffix !== "" && dataset.endsWith(end) ? dataset.slice(0, -end.length) : dataset}.${name}`;
}
