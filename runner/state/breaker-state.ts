import type { BreakerSettings } from "../graph/breaker-settings.js";
import { type Breaker, type BreakerFailure, CLOSED } from "../plan/breaker.js";
import type { Observation, RowObject, SqlValue, Transaction } from "../port/port.js";
import { columnNames, isoTimeOf, type TableCodec } from "./codec.js";

/** A breaker with the settings that it was last used with. */
export interface StoredBreaker {
  readonly name: string;
  readonly breaker: Breaker;
  readonly settings: BreakerSettings;
  readonly updatedAt: string;
}

/** One row a model that ever failed. */
export const CIRCUIT_BREAKER_STATE: TableCodec<StoredBreaker> = {
  name: "circuit_breaker_state",
  columns: [
    { name: "processor_name", type: "STRING" },
    { name: "state", type: "STRING" },
    { name: "failure_count", type: "INT64" },
    { name: "success_count", type: "INT64" },
    { name: "last_failure", type: "TIMESTAMP" },
    { name: "last_success", type: "TIMESTAMP" },
    { name: "opened_at", type: "TIMESTAMP" },
    { name: "half_opened_at", type: "TIMESTAMP" },
    { name: "updated_at", type: "TIMESTAMP" },
    { name: "last_error_message", type: "STRING" },
    { name: "last_error_type", type: "STRING" },
    {
      name: "failure_history",
      type: {
        kind: "array",
        element: {
          kind: "struct",
          fields: [
            { name: "failed_at", type: "TIMESTAMP" },
            { name: "error_message", type: "STRING" },
            { name: "error_type", type: "STRING" },
          ],
        },
      },
    },
    { name: "threshold", type: "INT64" },
    { name: "timeout_seconds", type: "INT64" },
    { name: "half_open_max_calls", type: "INT64" },
  ],
  toRow({ name, breaker, settings, updatedAt }) {
    const last = breaker.history.at(-1);
    return {
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
    };
  },
  /** A state that nobody knows counts as closed: what cannot be read must not refuse. */
  fromRow(row) {
    const { state } = row;
    return {
      name: String(row.processor_name),
      breaker: {
        state: state === "OPEN" || state === "HALF_OPEN" ? state : "CLOSED",
        failureCount: Number(row.failure_count),
        successCount: Number(row.success_count),
        lastFailure: isoTimeOf(row.last_failure),
        lastSuccess: isoTimeOf(row.last_success),
        openedAt: isoTimeOf(row.opened_at),
        halfOpenedAt: isoTimeOf(row.half_opened_at),
        history: Array.isArray(row.failure_history) ? row.failure_history.flatMap(failure) : CLOSED.history,
      },
      settings: {
        threshold: Number(row.threshold),
        timeoutSeconds: Number(row.timeout_seconds),
        successesToClose: Number(row.half_open_max_calls),
      },
      updatedAt: isoTimeOf(row.updated_at) ?? "",
    };
  },
};

/** All breakers that were ever written, by name; none where the table is missing. */
export async function readBreakers(
  transaction: Observation,
  dataset: string,
): Promise<ReadonlyMap<string, StoredBreaker>> {
  const rows = await transaction.latestRows({
    table: { dataset, name: CIRCUIT_BREAKER_STATE.name },
    columns: columnNames(CIRCUIT_BREAKER_STATE),
    key: ["processor_name"],
    newestBy: ["updated_at"],
  });
  return new Map(
    rows.flatMap((row) => CIRCUIT_BREAKER_STATE.fromRow(row) ?? []).map((stored) => [stored.name, stored]),
  );
}

/** Puts the one row of a breaker in the place of the one before. */
export async function writeBreaker(transaction: Transaction, dataset: string, stored: StoredBreaker): Promise<void> {
  const { name, columns } = CIRCUIT_BREAKER_STATE;
  await transaction.execute(
    `DELETE FROM \`${dataset}\`.\`${name}\` WHERE processor_name = ${JSON.stringify(stored.name)}`,
  );
  await transaction.append({ dataset, name }, columns, [CIRCUIT_BREAKER_STATE.toRow(stored)]);
}

function historyRow({ failedAt, message, type }: BreakerFailure): RowObject {
  return { failed_at: failedAt, error_message: message, error_type: type };
}

function failure(value: SqlValue): BreakerFailure[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const { failed_at, error_message, error_type } = value as RowObject;
  return [
    { failedAt: isoTimeOf(failed_at) ?? "", message: String(error_message ?? ""), type: String(error_type ?? "") },
  ];
}
