import { quoteKey } from "../googlesql/quote.js";
import type { Observation, Transaction } from "../port/port.js";
import type { Column } from "../port/sql-types.js";
import { textOf } from "./codec.js";

const NAME = "quarantined_rows";
const COLUMNS: readonly Column[] = [
  { name: "assertion", type: "STRING" },
  { name: "model", type: "STRING" },
  { name: "run_id", type: "STRING" },
  { name: "row_number", type: "INT64" },
  { name: "row_json", type: "STRING" },
  { name: "rows_found", type: "INT64" },
  { name: "quarantined_at", type: "TIMESTAMP" },
  { name: "released_at", type: "TIMESTAMP" },
];

/** What an assertion found when it failed. */
export interface Quarantine {
  readonly assertion: string;
  /** The model that was not published for it; undefined: it judges what is published. */
  readonly model: string | undefined;
  readonly runId: string;
  /** The rows that are kept, each as JSON. */
  readonly rows: readonly string[];
  /** How many there were. */
  readonly found: number;
  readonly at: string;
}

/** The assertions of which rows are in quarantine, each with the model that was not published for it, where there is one. */
export async function assertionsInQuarantine(
  observation: Observation,
  dataset: string,
): Promise<ReadonlyMap<string, string | undefined>> {
  const rows = await observation.latestRows({
    table: { dataset, name: NAME },
    columns: ["assertion", "model", "released_at"],
    // Each time by itself: after the machine's clock went back, what was released may seem to be the newest.
    key: ["assertion", "quarantined_at"],
    newestBy: ["released_at"],
  });
  return new Map(
    rows
      .filter(({ released_at }) => released_at === null)
      .map(({ assertion, model }) => [textOf(assertion), typeof model === "string" ? model : undefined]),
  );
}

/** Keeps what an assertion found, in the place of what it found before. */
export async function quarantine(transaction: Transaction, dataset: string, kept: Quarantine): Promise<void> {
  const { assertion, model, runId, rows, found, at } = kept;
  await transaction.execute(
    `DELETE FROM ${quoteKey(`${dataset}.${NAME}`)} WHERE assertion = ${JSON.stringify(assertion)} AND released_at IS NULL`,
  );
  const common = { assertion, model: model ?? null, run_id: runId, rows_found: found, quarantined_at: at };
  await transaction.append(
    { dataset, name: NAME },
    COLUMNS,
    rows.map((json, index) => ({ ...common, row_number: index + 1, row_json: json, released_at: null })),
  );
}

/** The assertion finds nothing any more: what it found is history. */
export async function release(transaction: Transaction, dataset: string, assertion: string, at: string): Promise<void> {
  await transaction.execute(
    `UPDATE ${quoteKey(`${dataset}.${NAME}`)} SET released_at = TIMESTAMP '${at}' WHERE assertion = ${JSON.stringify(assertion)} AND released_at IS NULL`,
  );
}

/** The query that shows what an assertion found. */
export function quarantineQuery(dataset: string, assertion: string): string {
  return `SELECT row_number, row_json FROM ${dataset}.${NAME} WHERE assertion = '${assertion}' AND released_at IS NULL ORDER BY row_number`;
}
