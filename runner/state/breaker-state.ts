import type { BreakerSettings } from "../graph/breaker-settings.js";
import { type Breaker, type BreakerFailure, CLOSED } from "../plan/breaker.js";
import type { RowObject, SqlValue, Transaction } from "../port/port.js";
import { CIRCUIT_BREAKER_STATE } from "./tables.js";

const TABLE = "circuit_breaker_state";

/** A breaker with the settings that it was last used with. */
export interface StoredBreaker {
  readonly name: string;
  readonly breaker: Breaker;
  readonly settings: BreakerSettings;
  readonly updatedAt: string;
}

/** All breakers that were ever written, by name; none where the table is missing. */
export async function readBreakers(
  transaction: Transaction,
  dataset: string,
): Promise<ReadonlyMap<string, StoredBreaker>> {
  const rows = await transaction.latestRows({
    table: { dataset, name: TABLE },
    columns: CIRCUIT_BREAKER_STATE.map(({ name }) => name),
    key: ["processor_name"],
    newestBy: ["updated_at"],
  });
  return new Map(rows.map((row) => [String(row.processor_name), stored(row)]));
}

/** Puts the one row of a breaker in the place of the one before. */
export async function writeBreaker(
  transaction: Transaction,
  dataset: string,
  { name, breaker, settings, updatedAt }: StoredBreaker,
): Promise<void> {
  const last = breaker.history.at(-1);
  await transaction.execute(`DELETE FROM \`${dataset}\`.\`${TABLE}\` WHERE processor_name = ${JSON.stringify(name)}`);
  await transaction.append({ dataset, name: TABLE }, CIRCUIT_BREAKER_STATE, [
    {
      processor_name: name,
      state: breaker.state,
      failure_count: breaker.failureCount,
      success_count: breaker.successCount,
      last_failure: breaker.lastFailure ?? null,
      last_success: breaker.lastSuccess ?? null,
      opened_at: breaker.openedAt ?? null,
      half_opened_at: breaker.halfOpenedAt ?? null,
      updated_at: updatedAt,
      last_error_message: last?.message ?? null,
      last_error_type: last?.type ?? null,
      failure_history: breaker.history.map(historyRow),
      threshold: settings.threshold,
      timeout_seconds: settings.timeoutSeconds,
      half_open_max_calls: settings.successesToClose,
    },
  ]);
}

function historyRow({ failedAt, message, type }: BreakerFailure): RowObject {
  return { failed_at: failedAt, error_message: message, error_type: type };
}

/** A state that nobody knows counts as closed: what cannot be read must not refuse. */
function stored(row: RowObject): StoredBreaker {
  const time = (value: SqlValue | undefined) => (typeof value === "string" ? isoTime(value) : undefined);
  const { state } = row;
  const breaker: Breaker = {
    state: state === "OPEN" || state === "HALF_OPEN" ? state : "CLOSED",
    failureCount: Number(row.failure_count),
    successCount: Number(row.success_count),
    lastFailure: time(row.last_failure),
    lastSuccess: time(row.last_success),
    openedAt: time(row.opened_at),
    halfOpenedAt: time(row.half_opened_at),
    history: Array.isArray(row.failure_history) ? row.failure_history.flatMap(failure) : CLOSED.history,
  };
  const settings = {
    threshold: Number(row.threshold),
    timeoutSeconds: Number(row.timeout_seconds),
    successesToClose: Number(row.half_open_max_calls),
  };
  return { name: String(row.processor_name), breaker, settings, updatedAt: time(row.updated_at) ?? "" };
}

function failure(value: SqlValue): BreakerFailure[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const { failed_at, error_message, error_type } = value as RowObject;
  return [
    { failedAt: isoTime(String(failed_at)), message: String(error_message ?? ""), type: String(error_type ?? "") },
  ];
}

function isoTime(timestamp: string): string {
  const time = new Date(timestamp.replace(" ", "T").replace(/\+00(:00)?$/, "Z"));
  return Number.isNaN(time.getTime()) ? timestamp : time.toISOString();
}
