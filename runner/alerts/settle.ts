import { sha256 } from "../port/digest-text.js";
import type { LoggedAlert, Severity } from "../state/alerts-log.js";

/** What a rule sees now. */
export interface Finding {
  readonly rule: string;
  readonly name: string;
  readonly subject: string | undefined;
  readonly severity: Severity;
  readonly level: string | undefined;
  readonly channel: string | undefined;
  readonly message: string;
  readonly date: string | undefined;
  readonly value: number | undefined;
  /** Expected: it is logged and nobody is told. */
  readonly informational: boolean;
}

/** What was looked at: what a rule does not find there any more is over. */
export interface Scope {
  /** The rules that could be asked. */
  readonly rules: ReadonlySet<string>;
  /** The dates that they were asked about; alerts without a date are always looked at. */
  readonly from: string;
  readonly to: string;
}

/** What becomes of the log. */
export interface Settled {
  readonly opened: readonly LoggedAlert[];
  readonly resolved: readonly LoggedAlert[];
}

/** One alert for a name, date and severity. */
export function alertId({ name, date, severity }: Pick<Finding, "name" | "date" | "severity">): string {
  return sha256(JSON.stringify([name, date ?? null, severity])).slice(0, 16);
}

/**
 * Compares what rules find with the log: what is new is opened, what was resolved and is back is opened again, what stands open is
 * left alone, and what is not found any more is resolved.
 */
export function settleAlerts(
  log: readonly LoggedAlert[],
  findings: readonly Finding[],
  scope: Scope,
  now: { readonly time: string; readonly runId: string | undefined },
): Settled {
  const known = new Map(log.map((alert) => [alert.id, alert]));
  const found = new Map(findings.map((finding) => [alertId(finding), finding]));
  const opened = [...found].flatMap(([id, finding]) => {
    const before = known.get(id);
    if (before !== undefined && before.resolvedAt === undefined && before.informational === finding.informational)
      return [];
    return [
      {
        ...finding,
        id,
        runId: now.runId,
        createdAt: now.time,
        resolvedAt: undefined,
        resolution: undefined,
        timesOpened: (before?.timesOpened ?? 0) + 1,
        notifiedAt: undefined,
        resolutionNotifiedAt: undefined,
      },
    ];
  });
  const isLookedAt = ({ rule, date }: LoggedAlert) =>
    scope.rules.has(rule) && (date === undefined || (date >= scope.from && date <= scope.to));
  const resolved = log
    .filter((alert) => alert.resolvedAt === undefined && isLookedAt(alert) && !found.has(alert.id))
    .map((alert) => {
      const other = findings.find(({ name, date }) => name === alert.name && date === alert.date);
      const resolution = other === undefined ? "no longer found" : `now ${other.severity}`;
      return { ...alert, resolvedAt: now.time, resolution, resolutionNotifiedAt: undefined };
    });
  return { opened, resolved };
}
