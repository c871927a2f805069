import type { AlertNotice } from "../events/events.js";
import type { AlertSink } from "../project/alert-settings.js";
import { alertFields, type LoggedAlert, SEVERITIES } from "../state/alerts-log.js";

/** One thing that receivers are told of an alert. */
export interface Notice {
  readonly kind: "opened" | "resolved";
  readonly alert: LoggedAlert;
}

/** What the log still owes its receivers, oldest first. An alert that was never told of is not told to be over. */
export function owedNotices(log: readonly LoggedAlert[]): readonly Notice[] {
  return log
    .filter(({ informational }) => !informational)
    .flatMap((alert): Notice[] => {
      if (alert.resolvedAt === undefined) return alert.notifiedAt === undefined ? [{ kind: "opened", alert }] : [];
      return alert.notifiedAt !== undefined && alert.resolutionNotifiedAt === undefined
        ? [{ kind: "resolved", alert }]
        : [];
    })
    .sort((a, b) => (a.alert.createdAt < b.alert.createdAt ? -1 : 1));
}

/** Whether a receiver wants to know. */
export function isFor(sink: Pick<AlertSink, "severity" | "channels">, { alert }: Notice): boolean {
  if (SEVERITIES.indexOf(alert.severity) > SEVERITIES.indexOf(sink.severity)) return false;
  if (sink.channels === undefined) return true;
  const channels = new Set((alert.channel ?? "").split(",").map((name) => name.trim()));
  return sink.channels.some((channel) => channels.has(channel));
}

/** A notice as a CloudEvent of version 1.0. */
export function cloudEvent({ kind, alert }: Notice, source: string): object {
  const time = kind === "opened" ? alert.createdAt : (alert.resolvedAt ?? alert.createdAt);
  return {
    specversion: "1.0",
    id: `${alert.id}-${alert.timesOpened}-${kind}`,
    source,
    type: `fastbreak.alert.${kind}`,
    time,
    subject: alert.name,
    datacontenttype: "application/json",
    data: { ...alertFields(alert), run_id: alert.runId ?? null },
  };
}

/** An alert as events carry it. */
export function noticeOf({ id, name, severity, level, channel, message, date, value }: LoggedAlert): AlertNotice {
  return { id, name, severity, level, channel, message, date, value };
}
