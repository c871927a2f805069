import type { ShardOptions } from "../execute/shards.js";
import { UserError } from "../graph/user-error.js";
import { suggestion } from "../project/settings.js";
import type { ProjectSession } from "./session.js";
import { type ChosenWorkers, chooseWorkers } from "./workers.js";

/**
 * The workers of a project's actions as settings and variables say.
 * @throws UserError for an action that the project does not have
 */
export function workersOf({ settings, project }: Pick<ProjectSession, "settings" | "project">): ChosenWorkers {
  const names = project.actions.map(({ target }) => target.name);
  const unknown = Object.keys(settings.workers.actions).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UserError(
      `fastbreak.json: workers.actions."${unknown}" is no action of the project${suggestion(unknown, names)}`,
    );
  return chooseWorkers(settings.workers, process.env);
}

/** How the windows of actions are split; undefined: nobody has asked for that, so that the engine works in one query with all its threads. */
export function shardOptions(
  { settings, project }: Pick<ProjectSession, "settings" | "project">,
  { actions }: ChosenWorkers,
): ShardOptions | undefined {
  const asked = new Map(
    actions.filter(({ isAsked, workers }) => isAsked && workers > 1).map((one) => [one.action, one.workers]),
  );
  if (asked.size === 0) return undefined;
  const workers = new Map(
    project.actions.flatMap(({ node, target }) => {
      const number = asked.get(target.name);
      const column = settings.workers.actions[target.name]?.key;
      return number === undefined ? [] : [[node.key, { number, column }] as const];
    }),
  );
  return { dataset: `${settings.stateDataset}_work`, workers };
}

/** What variables say of workers, in lines that a run and a plan tell. */
export function workerLines({ actions, warnings }: ChosenWorkers): readonly string[] {
  const asked = actions.filter(({ isAsked }) => isAsked);
  const told = asked.map(({ action, workers, origin }) => `${action} ${workers} (${origin})`);
  return [
    ...warnings.map((line) => `warning: ${line}`),
    ...(told.length === 0 ? [] : [`note: workers: ${told.join(", ")}`]),
  ];
}
