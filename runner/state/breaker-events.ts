import type { Breaker } from "../plan/breaker.js";
import type { Observation, RowObject, Transaction } from "../port/port.js";
import type { Column } from "../port/sql-types.js";
import { columnNames, isoTimeOf, textOf } from "./codec.js";

const TABLE = "breaker_events";
const COLUMNS: readonly Column[] = [
  { name: "processor_name", type: "STRING" },
  { name: "changed_at", type: "TIMESTAMP" },
  { name: "from_state", type: "STRING" },
  { name: "to_state", type: "STRING" },
  { name: "cause", type: "STRING" },
  { name: "failure_count", type: "INT64" },
  { name: "run_id", type: "STRING" },
  { name: "changed_by", type: "STRING" },
  { name: "message", type: "STRING" },
];

/** One change of a breaker's state. */
export interface BreakerEvent {
  readonly name: string;
  readonly at: string;
  readonly from: Breaker["state"];
  readonly to: Breaker["state"];
  readonly cause: "failures" | "timeout" | "success" | "reset";
  readonly failureCount: number;
  /** The run or load that changed it; undefined: somebody did by hand. */
  readonly runId: string | undefined;
  /** Who did by hand. */
  readonly by: string | undefined;
  readonly message: string | undefined;
}

/** Keeps changes of breakers; belongs into the transaction that changes them. */
export async function recordBreakerEvents(
  transaction: Transaction,
  dataset: string,
  events: readonly BreakerEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(
    (event): RowObject => ({
      processor_name: event.name,
      changed_at: event.at,
      from_state: event.from,
      to_state: event.to,
      cause: event.cause,
      failure_count: event.failureCount,
      run_id: event.runId ?? null,
      changed_by: event.by ?? null,
      message: event.message ?? null,
    }),
  );
  await transaction.append({ dataset, name: TABLE }, COLUMNS, rows);
}

/** Every change of breakers that was ever kept, newest first. */
export async function readBreakerEvents(observation: Observation, dataset: string): Promise<readonly BreakerEvent[]> {
  const rows = await observation.latestRows({
    table: { dataset, name: TABLE },
    columns: columnNames({ columns: COLUMNS }),
    key: ["processor_name", "changed_at", "to_state"],
    newestBy: ["changed_at"],
  });
  return rows
    .map((row) => ({
      name: textOf(row.processor_name),
      at: isoTimeOf(row.changed_at) ?? "",
      from: textOf(row.from_state) as Breaker["state"],
      to: textOf(row.to_state) as Breaker["state"],
      cause: textOf(row.cause) as BreakerEvent["cause"],
      failureCount: Number(row.failure_count),
      runId: typeof row.run_id === "string" ? row.run_id : undefined,
      by: typeof row.changed_by === "string" ? row.changed_by : undefined,
      message: typeof row.message === "string" ? row.message : undefined,
    }))
    .sort(newestFirst);
}

/** The attempt that a timeout lets through closes or opens the breaker at the same moment, and after it. */
function newestFirst(a: BreakerEvent, b: BreakerEvent): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  return Number(a.cause === "timeout") - Number(b.cause === "timeout");
}

/**
 * The changes between two states of one breaker: an open one that lets an attempt through is half open before it closes or opens again.
 * @param runId of the run or load whose attempt it was
 */
export function changesBetween(
  name: string,
  before: Breaker,
  after: Breaker,
  at: string,
  runId: string,
): readonly BreakerEvent[] {
  const common = { name, runId, by: undefined };
  const last = after.history.at(-1)?.message;
  const half: readonly BreakerEvent[] =
    before.state === "OPEN"
      ? [
          {
            ...common,
            at: after.halfOpenedAt ?? at,
            from: "OPEN",
            to: "HALF_OPEN",
            cause: "timeout",
            failureCount: before.failureCount,
            message: undefined,
          },
        ]
      : [];
  const from = before.state === "OPEN" ? "HALF_OPEN" : before.state;
  if (from === after.state) return half;
  const opens = after.state === "OPEN";
  return [
    ...half,
    {
      ...common,
      at,
      from,
      to: after.state,
      cause: opens ? "failures" : "success",
      failureCount: after.failureCount,
      message: opens ? last : undefined,
    },
  ];
}
