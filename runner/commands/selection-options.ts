import { EVERYTHING, type Selection } from "../plan/select.js";
import type { Window } from "../plan/types.js";
import type { ProjectOverrides } from "../project/compile/protocol.js";
import { writeLines, writeNote } from "../report/text.js";
import type { PlaceOptions } from "../session/choose-settings.js";
import type { PlanRequest } from "../session/plan-request.js";
import type { ProjectSession } from "../session/session.js";
import { askSkipRules } from "../session/skip-rules.js";
import type { Given } from "./arguments/flags.js";
import type {
  COMMON_FLAGS,
  OVERRIDE_FLAGS,
  SELECTION_FLAGS,
  SKIP_FLAGS,
  WINDOW_FLAGS,
} from "./arguments/shared-flags.js";
import { usageError } from "./exit.js";
import { parseVars } from "./name-values.js";
import { windowOf } from "./window.js";

type OverrideOptions = Given<typeof OVERRIDE_FLAGS>;
export type CommonOptions = Given<typeof COMMON_FLAGS>;

/** What the flags of a command that decides ask for. */
export interface AskedOptions extends Given<typeof WINDOW_FLAGS> {
  readonly fullRefresh?: boolean;
  readonly noUpstream?: boolean;
}

/**
 * The selection that the flags ask for.
 * @throws CommandError for a widening of nothing
 */
export function selectionOf(options: Given<typeof SELECTION_FLAGS>): Selection {
  const { select, exclude, actions, tags, includeDeps, includeDependents } = options;
  if (select.length + actions.length + tags.length === 0) {
    const flag = includeDeps ? "--include-deps" : includeDependents ? "--include-dependents" : undefined;
    if (flag !== undefined) throw usageError(`${flag} widens a selection; give --actions, --tags or --select too`);
  }
  return {
    ...EVERYTHING,
    select,
    exclude,
    actions,
    tags,
    includeDependencies: includeDeps,
    includeDependents,
  };
}

/**
 * What the flags ask for.
 * @throws CommandError for dates that are none
 */
export function requestOf(options: AskedOptions, selection: Selection = EVERYTHING): PlanRequest {
  const window: Window = windowOf(options);
  refuseEndless(window);
  return { window, selection, force: options.fullRefresh ?? false, upstream: !(options.noUpstream ?? false) };
}

/** More days than anybody decides one by one; sentinels such as 9999-12-31 are meant by leaving the dates out. */
const MOST_DAYS = 36_525;

function refuseEndless(window: Window): void {
  if (window === undefined) return;
  const days = (Date.parse(window.to) - Date.parse(window.from)) / 86_400_000 + 1;
  if (days <= MOST_DAYS) return;
  throw usageError(
    `--from ${window.from} --to ${window.to} are ${days} days, at most ${MOST_DAYS} are possible; without dates every partition is meant`,
  );
}

/** What the flags say of where things are and how the project is compiled; `word` is the project folder written as a word. */
export function placeOf(options: CommonOptions & Partial<OverrideOptions>, word?: string): PlaceOptions {
  if (word !== undefined && options.projectDir !== undefined)
    throw usageError(`the project folder is given twice: ${word} and --project-dir ${options.projectDir}`);
  const { environment, target, database, memory, threads } = options;
  const overrides = overridesOf(options);
  const projectDir = word ?? options.projectDir;
  const onNote = options.json ? undefined : (line: string) => writeLines(process.stderr, [`note: ${line}`]);
  const { timeout: compileTimeoutMs } = options;
  return { projectDir, environment, target, database, memory, threads, overrides, compileTimeoutMs, onNote };
}

/** The project overrides that the flags ask for. */
function overridesOf(options: Partial<OverrideOptions>): ProjectOverrides {
  const vars = { ...parseVars(options.vars ?? [], "--vars"), ...parseVars(options.var ?? []) };
  const texts = {
    schemaSuffix: options.schemaSuffix,
    databaseSuffix: options.databaseSuffix,
    tablePrefix: options.tablePrefix,
    defaultDatabase: options.defaultDatabase,
    defaultSchema: options.defaultSchema,
    defaultLocation: options.defaultLocation,
    defaultReservation: options.defaultReservation,
    assertionSchema: options.assertionSchema,
  };
  return {
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)),
    ...(options.disableAssertions ? { disableAssertions: true } : {}),
    ...(Object.keys(vars).length === 0 ? {} : { vars }),
  };
}

/** A request with what the rules of the project leave out, unless the flags say that they do not hold or that all is made anew. */
export async function withSkips(
  session: ProjectSession,
  request: PlanRequest,
  { noSkips, source }: Given<typeof SKIP_FLAGS>,
): Promise<PlanRequest> {
  if (noSkips && source !== undefined) throw usageError("give --source or --no-skips, not both");
  if (noSkips || request.force) return request;
  if (source !== undefined && request.window === undefined)
    throw usageError("--source needs the dates that the run is about: --date, or --from and --to");
  return { ...request, ruledOut: await askSkipRules(session, { window: request.window, source }, writeNote) };
}
