import { UserError } from "../graph/user-error.js";
import { addDays, datesOf } from "../plan/dates.js";
import { NOTHING_RULED_OUT, type RuledOut, ruledOut, type SkipRule } from "../plan/ruled-out.js";
import { EVERYTHING, SelectionError, selectActions } from "../plan/select.js";
import type { Window } from "../plan/types.js";
import { EngineError } from "../port/engine-error.js";
import { partitionOfDate } from "../port/identity.js";
import { relationKey } from "../port/port.js";
import { suggestion } from "../project/settings.js";
import type { SkipSettings } from "../project/settings-schema.js";
import { readModelStates } from "../state/model-state.js";
import { today } from "./clock.js";
import { selectable } from "./plan-request.js";
import type { ProjectSession } from "./session.js";

/** What the rules are asked about. */
export interface RuleRequest {
  readonly window: Window;
  /** The source that has caused the run, as a user names it; undefined: none has. */
  readonly source: string | undefined;
  /** Actions (keys) that some rules, by name, are about besides those that they select. */
  readonly extended?: { readonly rules: readonly string[]; readonly actions: readonly string[] };
}

/**
 * What the rules of a project, in `skips` of fastbreak.json, leave out of a window. Without a window nothing is left out. A rule whose
 * question cannot be answered leaves nothing out either, which is told.
 * @throws UserError for a selector that matches nothing
 */
export async function askSkipRules(
  session: ProjectSession,
  { window, source, extended }: RuleRequest,
  note: (line: string) => void,
): Promise<RuledOut> {
  const keys = session.project.actions.map(({ node }) => node.key);
  if (window === undefined) return NOTHING_RULED_OUT;
  const irrelevant = source === undefined ? undefined : irrelevantTo(session, source, note);
  const caused: readonly SkipRule[] =
    irrelevant === undefined ? [] : [{ name: "irrelevant_source", actions: irrelevant, skips: () => true }];
  const said = Object.entries(session.settings.skips).flatMap(([name, settings]) => {
    const holds = settings.environments === undefined || settings.environments.includes(session.environment ?? "");
    const more = extended?.rules.includes(name) ? extended.actions : [];
    return holds ? [{ name, settings, actions: new Set([...selected(session, name, settings.select), ...more]) }] : [];
  });
  if (said.length + caused.length === 0) return NOTHING_RULED_OUT;
  const dates = datesOf(window);
  const built = await builtRows(session, said, window);
  const judged: SkipRule[] = [];
  for (const { name, settings, actions } of said) {
    // A query costs more than the record of what was built.
    const isBuilt = [...actions].every((key) => dates.every((date) => built(key, date)));
    const skips = isBuilt ? undefined : await judgeOf(session, name, settings, window, note);
    if (skips !== undefined && dates.some((date) => skips(date, ""))) judged.push({ name, actions, skips });
  }
  // What has rows is kept right, whatever a rule says of its date.
  const hasRows = await liveRows(session, judged, built, window);
  const rules = judged.map(
    ({ name, actions, skips }): SkipRule => ({
      name,
      actions,
      skips: (date, key) => skips(date, key) && !hasRows(key, date),
    }),
  );
  return ruledOut([...rules, ...caused], keys, window);
}

type HasRows = (key: string, date: string) => boolean;

/** Tells whether an action was built with rows of a date. */
async function builtRows(
  { warehouse, settings }: ProjectSession,
  rules: readonly Pick<SkipRule, "actions">[],
  window: NonNullable<Window>,
): Promise<HasRows> {
  if (rules.length === 0) return () => false;
  const built = await warehouse.observe((observation) => readModelStates(observation, settings.stateDataset, window));
  return (key, date) => (built.get(key)?.get(partitionOfDate(date))?.rows ?? 0) > 0;
}

/** The same, or whether its table as it stands has some; only tables that a rule would leave out are looked at. */
async function liveRows(
  { warehouse, project }: ProjectSession,
  rules: readonly SkipRule[],
  built: HasRows,
  window: NonNullable<Window>,
): Promise<HasRows> {
  const dates = datesOf(window);
  const isAsked = (key: string) =>
    rules.some(({ actions, skips }) => actions.has(key) && dates.some((date) => skips(date, key) && !built(key, date)));
  const models = project.actions.filter(({ node }) => node.partitioned && isAsked(node.key));
  if (models.length === 0) return built;
  return warehouse.observe(async (observation) => {
    const relations = await observation.relations();
    const tables = models.flatMap(({ node }) => relations.get(node.key) ?? []);
    const counts = await observation.digests(
      tables.map((relation) => ({ relation, columns: [], range: window, grain: "partition" })),
    );
    const live = new Map(tables.map(({ id }, index) => [relationKey(id), counts[index]]));
    return (key, date) => built(key, date) || (live.get(key)?.get(partitionOfDate(date))?.rows ?? 0) > 0;
  });
}

async function judgeOf(
  session: ProjectSession,
  name: string,
  { months, olderThanDays, without }: SkipSettings,
  window: NonNullable<Window>,
  note: (line: string) => void,
): Promise<SkipRule["skips"] | undefined> {
  if (months !== undefined) return (date) => months.includes(Number(date.slice(5, 7)));
  if (olderThanDays !== undefined) {
    const oldest = addDays(today(session.settings.clock, new Date()), -olderThanDays);
    return (date) => date < oldest;
  }
  if (without === undefined) return undefined;
  try {
    const dates = await datesGiven(session, without, window);
    if (dates !== undefined) return (date) => !dates.has(date);
    note(`the rule ${name} leaves nothing out: its query gives no date at all`);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    note(`the rule ${name} leaves nothing out: ${cause.message}`);
  }
  return undefined;
}

/** The dates of a window that a query gives in its first column; undefined: it gives none at all, of any window. */
async function datesGiven(
  session: ProjectSession,
  query: string,
  { from, to }: NonNullable<Window>,
): Promise<ReadonlySet<string> | undefined> {
  return session.warehouse.transaction(async (transaction) => {
    const { columns } = await transaction.query(`SELECT * FROM (\n${query}\n) WHERE FALSE`);
    const [column] = columns;
    if (column?.type !== "DATE") throw new EngineError("query", "its query must give dates in its first column");
    const inside = await transaction.query(
      `SELECT DISTINCT \`${column.name}\` FROM (\n${query}\n) WHERE \`${column.name}\` BETWEEN DATE '${from}' AND DATE '${to}'`,
    );
    if (inside.rows.length > 0) return new Set(inside.rows.map(([date]) => String(date)));
    return (await transaction.returnsRow(query)) ? new Set<string>() : undefined;
  });
}

/** The actions that neither read a source nor rest on one that does; undefined: nobody knows the source, so that all may. */
function irrelevantTo(
  { project }: ProjectSession,
  source: string,
  note: (line: string) => void,
): ReadonlySet<string> | undefined {
  const read = new Set(project.actions.flatMap(({ reads }) => reads.map(({ key }) => key)));
  const known = [...read].filter((key) => key === source || key.endsWith(`.${source}`));
  if (known.length === 0) {
    note(`--source ${source} is read by nothing${suggestion(source, [...read])}; every action may be concerned`);
    return undefined;
  }
  const concerned = new Set(known);
  for (const { node, reads, dependencies } of project.actions)
    if ([...reads.map(({ key }) => key), ...dependencies].some((key) => concerned.has(key))) concerned.add(node.key);
  return new Set(project.actions.map(({ node }) => node.key).filter((key) => !concerned.has(key)));
}

function selected({ project }: ProjectSession, name: string, select: readonly string[]): ReadonlySet<string> {
  try {
    return selectActions(project.actions.map(selectable), { ...EVERYTHING, select }) ?? new Set();
  } catch (cause) {
    if (!(cause instanceof SelectionError)) throw cause;
    throw new UserError(`fastbreak.json: skips."${name}".select: ${cause.message}`);
  }
}
