import type { Command } from "commander";
import { EVERYTHING, type Selection } from "../plan/select.js";
import type { ProjectOverrides } from "../project/compile/protocol.js";
import type { PlanRequest } from "../session/plan-request.js";
import { parseVars } from "./name-values.js";
import { type WindowOptions, windowOf } from "./window.js";

/** Options of the commands that decide: which partitions, which actions, which overrides. */
export interface DecideOptions extends WindowOptions {
  readonly select?: string[];
  readonly exclude?: string[];
  readonly actions?: string[];
  readonly tags?: string[];
  readonly includeDeps?: boolean;
  readonly includeDependents?: boolean;
  readonly fullRefresh?: boolean;
  readonly upstream?: boolean;
  readonly var?: string[];
  readonly vars?: string[];
  readonly schemaSuffix?: string;
}

/** Adds the options that `run` and `plan` share; names and meanings of the Dataform CLI stay as they are there. */
export function addDecideOptions(command: Command): void {
  addWindowOptions(command);
  addSelectionOptions(command);
  command.option("--no-upstream", "leave stale upstream partitions of what is asked for as they are");
  command.option("--full-refresh", "run every selected partition, whatever the state says");
  addOverrideOptions(command);
}

/** `--date`, or `--from` and `--to`. */
export function addWindowOptions(command: Command): void {
  command
    .option("--date <date>", "one partition, YYYY-MM-DD")
    .option("--from <date>", "first partition of a window")
    .option("--to <date>", "last partition of a window");
}

/** Which actions. */
export function addSelectionOptions(command: Command): void {
  command
    .option(
      "--select <selectors...>",
      "name, +name, name+, @name, tag:t, path:folder, state:stale, git:ref; a comma intersects, several unite",
    )
    .option("--exclude <selectors...>", "selectors to leave out")
    .option("--actions <names...>", "exact action names, as in the Dataform CLI")
    .option("--tags <tags...>", "actions with any of the tags")
    .option("--include-deps", "also what the selected actions depend on")
    .option("--include-dependents", "also what depends on the selected actions");
}

/** Which variables and suffixes the project is compiled with. */
export function addOverrideOptions(command: Command): void {
  command
    .option("--var <name=value...>", "a project variable")
    .option("--vars <pairs>", "project variables, a=1,b=2", (text: string) => text.split(","))
    .option("--schema-suffix <suffix>", "append _suffix to every dataset");
}

/** The selection that the flags ask for. */
function selectionOf(options: DecideOptions): Selection {
  return {
    ...EVERYTHING,
    select: options.select ?? [],
    exclude: options.exclude ?? [],
    actions: options.actions ?? [],
    tags: options.tags ?? [],
    includeDependencies: options.includeDeps ?? false,
    includeDependents: options.includeDependents ?? false,
  };
}

/**
 * What the flags ask for.
 * @throws CommandError for dates that are none
 */
export function requestOf(options: DecideOptions): PlanRequest {
  return {
    window: windowOf(options),
    selection: selectionOf(options),
    force: options.fullRefresh ?? false,
    upstream: options.upstream ?? true,
  };
}

/** The project overrides that the flags ask for. */
export function overridesOf(options: DecideOptions): ProjectOverrides {
  const vars = parseVars([...(options.var ?? []), ...(options.vars ?? [])]);
  return {
    ...(Object.keys(vars).length === 0 ? {} : { vars }),
    ...(options.schemaSuffix === undefined ? {} : { schemaSuffix: options.schemaSuffix }),
  };
}
