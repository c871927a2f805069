import type { ProjectPlan } from "../decide/plan-project.js";
import type { ActionResult, RunEvent } from "../events/events.js";
import { endOf, type RunRecord, skipReasonOf } from "../events/run-record.js";
import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import { UserError } from "../graph/user-error.js";
import { isDate } from "../plan/dates.js";
import { type Relation, type RelationId, type RowObject, relationKey, type Transaction } from "../port/port.js";
import { typeName } from "../port/sql-types.js";
import { VERSION } from "../version.js";
import type { ShardOptions } from "./shards.js";

/** A table of the project in which some actions leave a row in each run. */
export interface HistoryTable {
  readonly table: RelationId;
  readonly actions: ReadonlySet<string>;
  /** Pattern of the columns of a model whose mean is `data_completeness_pct`. */
  readonly completeness: string | undefined;
  /** Pattern of the TIMESTAMP columns of a model of which the oldest tells the age of what it rests on. */
  readonly updated: string | undefined;
  /** Rows with `success` NULL are written when a run begins. */
  readonly running: boolean;
}

/** Columns that a row of the history may have; a table takes those that it has. */
type Facts = Readonly<Record<string, RowObject[string]>>;

/**
 * Refuses tables that are not there before anything runs: a run whose history is lost in silence is worse than none.
 * @throws UserError that names the setting
 */
export function requireHistory(tables: readonly HistoryTable[], relations: ReadonlyMap<string, Relation>): void {
  for (const { table } of tables) {
    const key = relationKey(table);
    const relation = relations.get(key);
    if (relation === undefined)
      throw new UserError(
        `fastbreak.json: history.steps."${key}" is not in the warehouse; make it with fastbreak migrate, or correct the name`,
      );
    const names = new Set(relation.columns.map(({ name }) => name));
    const missing = ["processor_name", "run_id"].find((name) => !names.has(name));
    if (missing !== undefined)
      throw new UserError(
        `fastbreak.json: history.steps."${key}" has no column ${missing}, which tells its rows apart`,
      );
  }
}

/** Writes a row for each action that is about to run, and ends those of runs that died. */
export async function beginHistory(
  transaction: Transaction,
  tables: readonly HistoryTable[],
  plan: ProjectPlan,
  run: Pick<RunRecord, "runId" | "startedAt">,
  stateDataset: string,
): Promise<void> {
  for (const { table, actions, running } of tables) {
    if (!running) continue;
    const name = quoteKey(relationKey(table));
    const interrupted = JSON.stringify([{ message: "interrupted: the process ended before the run did" }]);
    await transaction.execute(
      `UPDATE ${name} SET success = FALSE, errors_json = ${JSON.stringify(interrupted)} WHERE success IS NULL AND run_id IN
         (SELECT run_id FROM \`${stateDataset}\`.runs WHERE status = 'interrupted')`,
    );
    const begun = plan.project.actions.filter(
      ({ node }) => actions.has(node.key) && plan.decisions.get(node.key)?.some(({ decision }) => decision === "run"),
    );
    const rows = begun.map((action) => {
      const dates = datesOf(plan.decisions.get(action.node.key) ?? []);
      return {
        ...identity(action, run.runId, run.startedAt, action.node.compiledHash),
        ...dates,
        success: null,
      };
    });
    await appendKnown(transaction, table, rows);
  }
}

/** Leaves the rows of a run, made of its events; those that were written when it began give way. */
export async function recordHistory(
  transaction: Transaction,
  tables: readonly HistoryTable[],
  plan: ProjectPlan,
  record: RunRecord,
  events: readonly RunEvent[],
  shards?: ShardOptions,
): Promise<void> {
  const actions = new Map(plan.project.actions.map((action) => [action.node.key, action]));
  const warnings = warningsOf(events, actions);
  for (const history of tables) {
    const { table, running } = history;
    if (running)
      await transaction.execute(
        `DELETE FROM ${quoteKey(relationKey(table))} WHERE run_id = ${JSON.stringify(record.runId)}`,
      );
    const rows: Facts[] = [];
    for (const result of record.actions) {
      const action = actions.get(result.key);
      if (action === undefined || !history.actions.has(result.key) || !isExecution(result)) continue;
      const measured = await measure(transaction, history, action, result);
      rows.push({
        ...factsOf(action, result, record),
        ...measured,
        warning_count: warnings.get(result.key) ?? 0,
        worker_count: shards?.workers.get(result.key)?.number ?? 1,
      });
    }
    await appendKnown(transaction, table, rows);
  }
}

/** What was left out is no execution. */
function isExecution({ status, partitions }: ActionResult): boolean {
  return status !== "skipped" || skipReasonOf({ status, partitions }) !== undefined;
}

function identity(action: RunnableAction, runId: string, startedAt: string, configHash: string): Facts {
  return {
    processor_name: action.target.name,
    run_id: runId,
    run_date: startedAt,
    config_hash: configHash,
    processor_version: `fastbreak ${VERSION}`,
    created_at: new Date().toISOString(),
  };
}

function factsOf(action: RunnableAction, result: ActionResult, record: RunRecord): Facts {
  const { counts, error, status, partitions, configHash } = result;
  const skipReason = skipReasonOf(result);
  const isMissing = partitions.some(({ reason }) => reason === "upstream_failed");
  const startedAt = result.startedAt ?? record.startedAt;
  return {
    ...identity(action, record.runId, startedAt, configHash),
    ...datesOf(partitions),
    success: status === "success" || status === "unchanged" || (status === "skipped" && skipReason !== "interrupted"),
    completed_at: endOf(result) ?? record.finishedAt ?? null,
    duration_seconds: result.durationMs / 1000,
    records_processed:
      counts === undefined ? 0 : counts.inserted + counts.updated + counts.refreshed + counts.unchanged,
    records_inserted: counts?.inserted ?? 0,
    records_updated: counts === undefined ? 0 : counts.updated + counts.refreshed,
    records_deleted: counts?.deleted ?? 0,
    records_skipped: counts?.unchanged ?? 0,
    errors_json: error === undefined ? "[]" : JSON.stringify([{ message: error }]),
    bytes_processed: result.spent?.bytesProcessed ?? null,
    slot_ms: result.spent?.slotMs ?? null,
    dependency_check_passed: !isMissing,
    skip_reason: skipReason ?? null,
  };
}

/** The dates that a step was about: all of them, and the last as the one that it was run for. */
function datesOf(partitions: ActionResult["partitions"]): Facts {
  const dates = partitions
    .map(({ partition }) => String(partition))
    .filter(isDate)
    .sort();
  const [first = null, last = null] = [dates[0], dates.at(-1)];
  return { date_range_start: first, date_range_end: last, analysis_date: last };
}

/** What the rows that were built say of what they rest on. */
async function measure(
  transaction: Transaction,
  history: HistoryTable,
  action: RunnableAction,
  { partitions, startedAt, status }: ActionResult,
): Promise<Facts> {
  if (status !== "success" && status !== "unchanged") return {};
  const relation = (await transaction.relations()).get(action.node.key);
  if (relation === undefined) return {};
  const completeness = columnsLike(relation, history.completeness, () => true);
  const updated = columnsLike(relation, history.updated, (type) => type === "TIMESTAMP");
  if (completeness.length + updated.length === 0) return {};
  const dates = partitions
    .filter(({ decision }) => decision === "run")
    .map(({ partition }) => String(partition))
    .filter(isDate);
  const where =
    action.partitionColumn === undefined || dates.length === 0
      ? ""
      : ` WHERE ${quoteIdentifier(action.partitionColumn)} IN (${dates.map((date) => `DATE '${date}'`).join(", ")})`;
  const selected = [
    ...completeness.map((name) => `AVG(CAST(${quoteIdentifier(name)} AS FLOAT64))`),
    ...updated.map((name) => `UNIX_MILLIS(MAX(${quoteIdentifier(name)}))`),
  ];
  const { rows } = await transaction.query(`SELECT ${selected.join(", ")} FROM ${quoteKey(action.node.key)}${where}`);
  const values = (rows[0] ?? []).map((value) => (value === null ? undefined : Number(value)));
  const means = values.slice(0, completeness.length).filter((value) => value !== undefined);
  const times = values.slice(completeness.length).filter((value) => value !== undefined);
  const mean = means.length === 0 ? null : means.reduce((sum, value) => sum + value, 0) / means.length;
  const age = times.length === 0 ? null : Math.max(0, (Date.parse(startedAt ?? "") - Math.min(...times)) / 3_600_000);
  return { data_completeness_pct: mean, upstream_data_age_hours: age, source_data_freshness_hours: age };
}

function columnsLike(relation: Relation, pattern: string | undefined, fits: (type: string) => boolean): string[] {
  if (pattern === undefined) return [];
  const form = new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[^\w]/g, "\\$&"))
      .join(".*")}$`,
    "i",
  );
  return relation.columns.filter(({ name, type }) => form.test(name) && fits(typeName(type))).map(({ name }) => name);
}

/** How often a run warned of each action, or of what an assertion that reads it found. */
function warningsOf(
  events: readonly RunEvent[],
  actions: ReadonlyMap<string, RunnableAction>,
): ReadonlyMap<string, number> {
  const warnings = new Map<string, number>();
  const count = (key: string) => warnings.set(key, (warnings.get(key) ?? 0) + 1);
  for (const event of events) {
    if (event.event === "rests_on_stale" || event.event === "circuit_opened" || event.event === "circuit_unwritable")
      count(event.key);
    if (event.event === "assertion_found_rows")
      for (const key of new Set(actions.get(event.key)?.reads.map((read) => read.key))) count(key);
  }
  return warnings;
}

/** Appends what the table has a column for. */
export async function appendKnown(transaction: Transaction, table: RelationId, rows: readonly Facts[]): Promise<void> {
  if (rows.length === 0) return;
  const relation = (await transaction.relations()).get(relationKey(table));
  const known = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = (relation?.columns ?? []).filter(({ name }) => known.has(name));
  await transaction.append(table, columns, rows);
}
