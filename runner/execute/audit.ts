import { type FoundRows, foundRowsText, isWithin } from "../events/found-rows.js";
import { quoteIdentifier } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import { judgesWindow, thresholdsOf } from "../graph/audits.js";
import { anyRowOf } from "../port/any-row.js";
import type { QueryResult, SqlValue, Transaction } from "../port/port.js";
import { valueText } from "../port/value-text.js";
import type { BuildContext } from "./build.js";
import { type ComposeContext, type ComposedQuery, composeAnyFound, composeFound } from "./compose.js";
import { locating } from "./located.js";
import { MOST_QUARANTINED, type FoundRows as QuarantinedRows } from "./quarantine.js";
import { requireRightViews } from "./right-views.js";

/** An assertion found rows; the model that it guards is not published. */
export class GateError extends Error {
  override readonly name = "GateError";
  constructor(
    readonly assertion: string,
    readonly found: QuarantinedRows,
    message: string,
  ) {
    super(message);
  }
}

/** How an assertion that did not fail judged what it found. */
export interface Verdict {
  /** What is to be told. */
  readonly verdict: string | undefined;
  /** False: rows of dates that it does not judge were found too. */
  readonly isOfAllDates: boolean;
}

type Row = readonly SqlValue[];

/** What a run knows that is about to judge. */
type AuditContext = Pick<BuildContext, "views" | "rightViews" | "window" | "locate" | "emit">;

/** A column of an assertion whose rows close the gate as anybody would expect, and warn nobody. */
const EXPECTED = "is_expected";

/**
 * Asks an assertion. It fails when its query returns a row, or as many as its tags say; what else it finds is told, of a run with a
 * window only what is of its dates.
 * @throws GateError
 */
export async function audit(
  transaction: Transaction,
  assertion: RunnableAction,
  context: AuditContext,
): Promise<Verdict> {
  return new Audit(transaction, assertion, context).run();
}

/** Whether one row is too many. Then there is none as a rule; others may find the same rows every night. */
function mustFindNothing(assertion: RunnableAction): boolean {
  return thresholdsOf(assertion).fail === 1;
}

/** As many rows are looked at first: where there are fewer, nobody has to count them. */
const LOOKED_AT = 100;
const FIRST = { before: "SELECT *", behind: `LIMIT ${LOOKED_AT}` };

/** The GoogleSQL text of what an assertion is asked first: whether it finds a row or, where it may find some every night, which. */
export function firstQuestion(assertion: RunnableAction, context: ComposeContext): string {
  return mustFindNothing(assertion)
    ? anyRowOf(composeAnyFound(assertion, context).text)
    : composeFound(assertion, FIRST, context).text;
}

class Audit {
  constructor(
    readonly transaction: Transaction,
    readonly assertion: RunnableAction,
    readonly context: AuditContext,
  ) {}

  async run(): Promise<Verdict> {
    const { assertion, context } = this;
    // Before those behind its model are made.
    await requireRightViews(this.transaction, assertion.reads, context);
    const views = { views: context.views, relations: await this.transaction.relations() };
    const findsNothing = { verdict: undefined, isOfAllDates: true };
    if (mustFindNothing(assertion) && !(await this.#findsAny(views))) return findsNothing;
    const first = await this.#ask(composeFound(assertion, FIRST, views));
    if (first.rows[0] === undefined) return findsNothing;
    const { fail } = thresholdsOf(assertion);
    const inWindow = this.#inWindow(first.columns);
    const judged = inWindow !== undefined && judgesWindow(assertion) ? [inWindow] : [];
    const found = new Found(assertion, first, views, (query) => this.#ask(query));
    if (fail !== undefined) await this.#refuse(found, fail, judged, first.rows[0]);
    // What was found of other dates is not judged yet: whoever comes next asks again.
    return {
      verdict: fail === 1 ? undefined : await this.#tell(found, judged, inWindow, first.rows[0]),
      isOfAllDates: judged.length === 0,
    };
  }

  /**
   * The condition on rows that are of the run's dates; undefined: there is no window, or no column of dates. A row without a date is of
   * every run, as there is none that it could be left to.
   */
  #inWindow(columns: QueryResult["columns"]): string | undefined {
    const { window } = this.context;
    const date = dateColumnOf(columns);
    if (window === undefined || date === undefined) return undefined;
    const column = `found.${quoteIdentifier(date)}`;
    return `(${column} IS NULL OR ${column} BETWEEN '${window.from}' AND '${window.to}')`;
  }

  /** @param first a row that was found, of whatever date */
  async #refuse(found: Found, fail: number, judged: readonly string[], first: Row): Promise<void> {
    const { key } = this.assertion.node;
    const counted = fail === 1 ? undefined : await found.count(judged);
    if (counted !== undefined && counted.rows < fail) return;
    const row = judged.length === 0 ? first : await found.first(judged);
    if (row === undefined) return;
    const example = found.shown(row, 8);
    const many = counted === undefined ? "" : ` with ${foundRowsText(counted)}, where ${fail} are too many`;
    throw new GateError(key, await found.rows(judged), `assertion ${key} failed${many}, for example on ${example}`);
  }

  /**
   * Tells what is of the run's dates.
   * @param first a row that was found, of whatever date
   * @returns what is to be told of all dates, which another run, of another window, tells again
   */
  async #tell(
    found: Found,
    judged: readonly string[],
    inWindow: string | undefined,
    first: Row,
  ): Promise<string | undefined> {
    const { key } = this.assertion.node;
    const { warn } = thresholdsOf(this.assertion);
    const of = async (conditions: readonly string[]) => {
      const counted = await found.count(conditions);
      if (counted.rows < warn) return undefined;
      const row = conditions.length === 0 ? first : await found.first(conditions);
      return row === undefined ? undefined : { example: found.shown(row, 4), found: counted };
    };
    const all = await of([...judged, ...found.isTold]);
    if (all === undefined) return undefined;
    const isAll = inWindow === undefined || judged.length > 0 || isWithin(all.found, this.context.window);
    const told = isAll ? all : await of([...found.isTold, inWindow]);
    if (told !== undefined) this.context.emit({ event: "assertion_found_rows", key, ...told, standing: false });
    return `${all.example} (${foundRowsText(all.found)})`;
  }

  #findsAny(views: ComposeContext): Promise<boolean> {
    return locating(composeAnyFound(this.assertion, views), this.context.locate, (sql) =>
      this.transaction.returnsRow(sql),
    );
  }

  #ask(query: ComposedQuery): Promise<QueryResult> {
    return locating(query, this.context.locate, (sql) => this.transaction.query(sql));
  }
}

/** What an assertion finds, as far as conditions on its rows say. */
class Found {
  readonly columns: QueryResult["columns"];
  /** Conditions on rows that are not as anybody would expect. */
  readonly isTold: readonly string[];
  /** All rows, where they are few. */
  readonly #few: readonly Row[] | undefined;

  constructor(
    readonly assertion: RunnableAction,
    { columns, rows }: QueryResult,
    readonly views: ComposeContext,
    readonly ask: (query: ComposedQuery) => Promise<QueryResult>,
  ) {
    this.columns = columns;
    this.#few = rows.length < LOOKED_AT ? rows : undefined;
    this.isTold = columns.some(({ name, type }) => name.toLowerCase() === EXPECTED && type === "BOOL")
      ? [`NOT IFNULL(found.${quoteIdentifier(EXPECTED)}, FALSE)`]
      : [];
  }

  /** How many rows, and of which dates, by the first column of dates; without dates where a row has none. */
  async count(conditions: readonly string[]): Promise<FoundRows> {
    const date = dateColumnOf(this.columns);
    if (this.#few !== undefined && conditions.length === 0) return this.#counted(this.#few, date);
    const column = date === undefined ? "CAST(NULL AS DATE)" : `found.${quoteIdentifier(date)}`;
    const rows = await this.#select(
      `SELECT COUNT(*), COUNT(${column}), CAST(MIN(${column}) AS STRING), CAST(MAX(${column}) AS STRING)`,
      conditions,
    );
    const [number, dated, from, to] = rows[0] ?? [];
    const hasDates = String(dated) === String(number) && typeof from === "string" && typeof to === "string";
    return { rows: Number(number ?? 0), dates: hasDates ? { from, to } : undefined };
  }

  #counted(rows: readonly Row[], date: string | undefined): FoundRows {
    const index = this.columns.findIndex(({ name }) => name === date);
    const dates = rows.map((row) => row[index]).filter((value) => typeof value === "string");
    dates.sort();
    const [from, to] = [dates[0], dates.at(-1)];
    const hasDates = dates.length === rows.length && from !== undefined && to !== undefined;
    return { rows: rows.length, dates: hasDates ? { from, to } : undefined };
  }

  async first(conditions: readonly string[]): Promise<Row | undefined> {
    return (await this.#select("SELECT *", conditions, 1))[0];
  }

  /** The first columns of a row. */
  shown(row: Row, columns: number): string {
    return this.columns
      .slice(0, columns)
      .map(({ name }, index) => `${name}=${valueText(row[index] ?? null)}`)
      .join(", ");
  }

  /** The rows, before the transaction that they were found in is rolled back. */
  async rows(conditions: readonly string[]): Promise<QuarantinedRows> {
    const result = { columns: this.columns, rows: await this.#select("SELECT *", conditions, MOST_QUARANTINED) };
    if (result.rows.length < MOST_QUARANTINED) return { result, total: result.rows.length };
    return { result, total: (await this.count(conditions)).rows };
  }

  async #select(before: string, conditions: readonly string[], limit?: number): Promise<readonly Row[]> {
    const where = conditions.length === 0 ? [] : [`WHERE ${conditions.join(" AND ")}`];
    const behind = [...where, ...(limit === undefined ? [] : [`LIMIT ${limit}`])];
    return (await this.ask(composeFound(this.assertion, { before, behind: behind.join(" ") }, this.views))).rows;
  }
}

/** The column by which the rows that an assertion finds are of a date. */
function dateColumnOf(columns: QueryResult["columns"]): string | undefined {
  return columns.find(({ type }) => type === "DATE")?.name;
}
