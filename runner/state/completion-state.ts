import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import { afterCompletion, type Completion, type CompletionState, waitingFor } from "../plan/completion.js";
import type { Transaction } from "../port/port.js";
import { isoTimeOf } from "./codec.js";

/** Where the completion state of an orchestration is kept. */
export interface CompletionTables {
  readonly dataset: string;
  /** Name of the orchestration: the tables are NAME_completions and NAME_orchestration. */
  readonly name: string;
  /** Name of the target: its column is TARGET_triggered_at. */
  readonly target: string;
}

/** Makes the tables of an orchestration where they are not there. */
export async function ensureCompletionTables(transaction: Transaction, tables: CompletionTables): Promise<void> {
  const { completions, record, triggered } = namesOf(tables);
  await transaction.execute(`
    CREATE TABLE IF NOT EXISTS ${completions} (
      analysis_date DATE NOT NULL, processor STRING NOT NULL, completed_at TIMESTAMP, status STRING, row_count INT64
    );
    CREATE TABLE IF NOT EXISTS ${record} (
      analysis_date DATE NOT NULL, all_complete BOOL, ${triggered} TIMESTAMP, trigger_source STRING, upstream_completions JSON
    );`);
}

/** What is known of a date. */
export async function readCompletion(
  transaction: Transaction,
  tables: CompletionTables,
  date: string,
): Promise<CompletionState> {
  const { completions, record, triggered } = namesOf(tables);
  const where = `WHERE analysis_date = DATE '${date}'`;
  const found = await transaction.query(
    `SELECT processor, status, row_count, completed_at FROM ${completions} ${where} ORDER BY processor`,
  );
  const { rows } = await transaction.query(`SELECT ${triggered} FROM ${record} ${where}`);
  return {
    completions: new Map(
      found.rows.map(([processor, status, count, completedAt]) => [
        String(processor),
        {
          processor: String(processor),
          status: String(status),
          rowCount: Number(count),
          completedAt: isoTimeOf(completedAt) ?? "",
        },
      ]),
    ),
    triggeredAt: isoTimeOf(rows[0]?.[0] ?? null),
  };
}

/**
 * Enters a message into the state of a date. Whether all are complete is asked, and the target marked as started, in the caller's one
 * transaction: of two that come at the same time only one starts it.
 */
export async function enterCompletion(
  transaction: Transaction,
  tables: CompletionTables,
  date: string,
  entry: {
    readonly required: readonly string[];
    readonly source: string;
    readonly completion: Completion;
    readonly now: string;
  },
): Promise<{ readonly state: CompletionState; readonly fires: boolean; readonly waiting: readonly string[] }> {
  await ensureCompletionTables(transaction, tables);
  const before = await readCompletion(transaction, tables, date);
  const { state, fires } = afterCompletion(before, entry.required, entry.completion, entry.now);
  const waiting = waitingFor(state, entry.required);
  if (state !== before) await writeCompletion(transaction, tables, date, entry, state);
  return { state, fires, waiting };
}

async function writeCompletion(
  transaction: Transaction,
  tables: CompletionTables,
  date: string,
  entry: { readonly required: readonly string[]; readonly source: string; readonly completion: Completion },
  state: CompletionState,
): Promise<void> {
  const { completions, record, triggered } = namesOf(tables);
  const { processor, status, rowCount, completedAt } = entry.completion;
  const day = `DATE '${date}'`;
  const known = Object.fromEntries(
    [...state.completions].map(([name, { completedAt: at, status: how, rowCount: rows }]) => [
      name,
      { completed_at: at, status: how, row_count: rows },
    ]),
  );
  const isComplete = waitingFor(state, entry.required).length === 0;
  const at = state.triggeredAt === undefined ? "NULL" : `TIMESTAMP '${state.triggeredAt}'`;
  await transaction.execute(`
    DELETE FROM ${completions} WHERE analysis_date = ${day} AND processor = ${literal(processor)};
    INSERT INTO ${completions} (analysis_date, processor, completed_at, status, row_count)
      VALUES (${day}, ${literal(processor)}, TIMESTAMP '${completedAt}', ${literal(status)}, ${rowCount});
    DELETE FROM ${record} WHERE analysis_date = ${day};
    INSERT INTO ${record} (analysis_date, all_complete, ${triggered}, trigger_source, upstream_completions)
      VALUES (${day}, ${isComplete}, ${at}, ${state.triggeredAt === undefined ? "NULL" : literal(entry.source)}, PARSE_JSON(${literal(JSON.stringify(known))}));`);
}

/** A text as GoogleSQL writes it. */
function literal(text: string): string {
  return JSON.stringify(text);
}

function namesOf({ dataset, name, target }: CompletionTables) {
  return {
    completions: quoteKey(`${dataset}.${name}_completions`),
    record: quoteKey(`${dataset}.${name}_orchestration`),
    triggered: quoteIdentifier(`${target}_triggered_at`),
  };
}
