import { quoteKey } from "../googlesql/quote.js";
import type { Observation, Transaction } from "../port/port.js";
import { columnNames, isoTimeOf, type TableCodec, textOf } from "./codec.js";

/** How much an alert matters, the most first. */
export const SEVERITIES = ["critical", "error", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One alert of the log: it is opened once, however often its condition is seen, until it is resolved. */
export interface LoggedAlert {
  /** Digest of name, date and severity. */
  readonly id: string;
  /** The rule's own name, or the one that its rows give; with a subject, `name:subject`. */
  readonly name: string;
  /** The rule of fastbreak.json that found it. */
  readonly rule: string;
  readonly subject: string | undefined;
  readonly severity: Severity;
  /** The incident that it is, such as P0; undefined: none. */
  readonly level: string | undefined;
  readonly channel: string | undefined;
  readonly message: string;
  /** The date that it is about, `YYYY-MM-DD`; undefined: none. */
  readonly date: string | undefined;
  readonly value: number | undefined;
  /** Logged, and nobody is told: it is expected. */
  readonly informational: boolean;
  readonly runId: string | undefined;
  readonly createdAt: string;
  readonly resolvedAt: string | undefined;
  readonly resolution: string | undefined;
  readonly timesOpened: number;
  /** When every sink had taken the notice that it is open. */
  readonly notifiedAt: string | undefined;
  /** When every sink had taken the notice that it is resolved. */
  readonly resolutionNotifiedAt: string | undefined;
}

const ALERTS_LOG: TableCodec<LoggedAlert> = {
  name: "alerts_log",
  columns: [
    { name: "alert_id", type: "STRING" },
    { name: "alert_name", type: "STRING" },
    { name: "rule", type: "STRING" },
    { name: "subject", type: "STRING" },
    { name: "severity", type: "STRING" },
    { name: "level", type: "STRING" },
    { name: "channel", type: "STRING" },
    { name: "message", type: "STRING" },
    { name: "analysis_date", type: "DATE" },
    { name: "metric_value", type: "FLOAT64" },
    { name: "informational", type: "BOOL" },
    { name: "run_id", type: "STRING" },
    { name: "created_at", type: "TIMESTAMP" },
    { name: "resolved_at", type: "TIMESTAMP" },
    { name: "resolution", type: "STRING" },
    { name: "times_opened", type: "INT64" },
    { name: "notified_at", type: "TIMESTAMP" },
    { name: "resolution_notified_at", type: "TIMESTAMP" },
  ],
  toRow: (alert) => ({
    ...alertFields(alert),
    rule: alert.rule,
    subject: alert.subject ?? null,
    informational: alert.informational,
    run_id: alert.runId ?? null,
    times_opened: alert.timesOpened,
    notified_at: alert.notifiedAt ?? null,
    resolution_notified_at: alert.resolutionNotifiedAt ?? null,
  }),
  fromRow(row) {
    const severity = SEVERITIES.find((known) => known === row.severity);
    if (severity === undefined) return undefined;
    const optional = (name: string) => (typeof row[name] === "string" ? row[name] : undefined);
    return {
      id: textOf(row.alert_id),
      name: textOf(row.alert_name),
      rule: textOf(row.rule),
      subject: optional("subject"),
      severity,
      level: optional("level"),
      channel: optional("channel"),
      message: textOf(row.message),
      date: optional("analysis_date"),
      value: row.metric_value === null || row.metric_value === undefined ? undefined : Number(row.metric_value),
      informational: row.informational === true,
      runId: optional("run_id"),
      createdAt: isoTimeOf(row.created_at) ?? "",
      resolvedAt: isoTimeOf(row.resolved_at),
      resolution: optional("resolution"),
      timesOpened: Number(row.times_opened),
      notifiedAt: isoTimeOf(row.notified_at),
      resolutionNotifiedAt: isoTimeOf(row.resolution_notified_at),
    };
  },
};

/** What everybody is shown of an alert, in the names of alerts_log. */
export function alertFields(alert: LoggedAlert) {
  return {
    alert_id: alert.id,
    alert_name: alert.name,
    severity: alert.severity,
    level: alert.level ?? null,
    channel: alert.channel ?? null,
    message: alert.message,
    analysis_date: alert.date ?? null,
    metric_value: alert.value ?? null,
    created_at: alert.createdAt,
    resolved_at: alert.resolvedAt ?? null,
    resolution: alert.resolution ?? null,
  };
}

/** Every alert that was ever logged, resolved ones too; none where there is no log. */
export async function readAlerts(observation: Observation, dataset: string): Promise<readonly LoggedAlert[]> {
  const rows = await observation.latestRows({
    table: { dataset, name: ALERTS_LOG.name },
    columns: columnNames(ALERTS_LOG),
    key: ["alert_id"],
    newestBy: ["created_at"],
  });
  return rows.flatMap((row) => ALERTS_LOG.fromRow(row) ?? []);
}

/** Puts alerts in the place of what the log had of them. */
export async function writeAlerts(
  transaction: Transaction,
  dataset: string,
  alerts: readonly LoggedAlert[],
): Promise<void> {
  if (alerts.length === 0) return;
  const ids = alerts.map(({ id }) => JSON.stringify(id)).join(", ");
  await transaction.execute(`DELETE FROM ${quoteKey(`${dataset}.${ALERTS_LOG.name}`)} WHERE alert_id IN (${ids})`);
  await transaction.append({ dataset, name: ALERTS_LOG.name }, ALERTS_LOG.columns, alerts.map(ALERTS_LOG.toRow));
}

/** The open alerts, the most severe first and the newest before older ones; those that nobody is told of are left out. */
export function openOf(alerts: readonly LoggedAlert[]): readonly LoggedAlert[] {
  const rank = ({ severity }: LoggedAlert) => SEVERITIES.indexOf(severity);
  return alerts
    .filter(({ resolvedAt, informational }) => resolvedAt === undefined && !informational)
    .sort((a, b) => rank(a) - rank(b) || compare(b.createdAt, a.createdAt) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
