import { UserError } from "../graph/user-error.js";
import type { DateRange, QueryResult } from "../port/port.js";
import { readTextInProject } from "../project/read-file.js";
import { suggestion } from "../project/settings.js";
import type { ProjectSession } from "./session.js";

/** What one query of a check has found. */
export interface CheckedQuery {
  readonly name: string;
  /** The first comment line of its file. */
  readonly title: string;
  /** Its rows, without the column attention. */
  readonly result: QueryResult;
  /** What is worth a look, a line each. */
  readonly attention: readonly string[];
  /** Why it could not be asked; undefined: it was. */
  readonly error: string | undefined;
}

export interface Checked {
  readonly check: string;
  readonly window: DateRange;
  readonly queries: readonly CheckedQuery[];
  /** Nothing is worth a look, and everything could be asked. */
  readonly good: boolean;
}

/**
 * Asks the queries of one check of the project (daily, weekly, ...) about the days that end with a date. What one of them reads and is
 * not there is its own answer: the others are asked.
 * @throws UserError for a check that fastbreak.json does not have, or a file that is not there
 */
export async function runCheck(
  { warehouse, settings, projectDir }: Pick<ProjectSession, "warehouse" | "settings" | "projectDir">,
  check: string,
  date: string,
): Promise<Checked> {
  const names = Object.keys(settings.checks);
  const known = Object.hasOwn(settings.checks, check) ? settings.checks[check] : undefined;
  if (known === undefined)
    throw new UserError(
      names.length === 0
        ? 'the project has no checks: name queries under "checks" in fastbreak.json'
        : `there is no check ${check}${suggestion(check, names)}`,
    );
  const from = new Date(Date.parse(date) - (known.days - 1) * 86_400_000).toISOString().slice(0, 10);
  const window = { from, to: date };
  const variables = `DECLARE from_date DATE DEFAULT DATE '${from}'; DECLARE to_date DATE DEFAULT DATE '${date}';`;
  const queries: CheckedQuery[] = [];
  for (const [name, file] of Object.entries(known.queries)) {
    const text = readTextInProject(projectDir, file);
    if (text === undefined) throw new UserError(`fastbreak.json: the file ${file} of the check ${check} is not there`);
    const title = /^--\s*(.*)/.exec(text)?.[1] ?? name;
    try {
      const { rows } = await warehouse.script(`${variables} ${text}`);
      queries.push({ name, title, error: undefined, ...withAttention(rows ?? { columns: [], rows: [] }) });
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      queries.push({ name, title, error, result: { columns: [], rows: [] }, attention: [] });
    }
  }
  const good = queries.every(({ attention, error }) => attention.length === 0 && error === undefined);
  return { check, window, queries, good };
}

/** Takes the column attention out of the rows. */
function withAttention(found: QueryResult): Pick<CheckedQuery, "result" | "attention"> {
  const at = found.columns.findIndex(({ name }) => name === "attention");
  if (at === -1) return { result: found, attention: [] };
  const without = <T>(list: readonly T[]) => list.filter((_, index) => index !== at);
  return {
    result: { columns: without(found.columns), rows: found.rows.map(without) },
    attention: found.rows.flatMap((row) => (typeof row[at] === "string" && row[at] !== "" ? [row[at]] : [])),
  };
}
