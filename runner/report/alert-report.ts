import type { Notice } from "../alerts/notices.js";
import type { AlertState } from "../session/alerts.js";
import { alertFields, type LoggedAlert } from "../state/alerts-log.js";
import { alertText } from "./event-lines.js";
import { windowText } from "./plan-text.js";
import { type Colors, foldRows, plainLine, plural } from "./text.js";

/** A notice in a line. */
export function alertLine({ kind, alert }: Notice): string {
  return plainLine(
    kind === "opened" ? `ALERT ${alertText(alert)}` : `resolved (${alert.resolution}) ${alertText(alert)}`,
  );
}

/** The JSON document of `alerts --json`. */
export function alertsJson({ window, opened, resolved, open, failed }: AlertState): object {
  return {
    window,
    opened: opened.map(alertJson),
    resolved: resolved.map(alertJson),
    open: open.map(alertJson),
    rules_failed: failed,
  };
}

/** What is open, a line each, and what this time has changed. */
export function alertsLines(
  { window, opened, resolved, open, failed }: AlertState,
  colors: Colors,
  width: number,
): string[] {
  const paint = { critical: colors.red, error: colors.red, warning: colors.yellow, info: colors.cyan };
  const rows = foldRows(
    open.map(({ severity, level, name, date, message, createdAt }) => ({
      cells: [
        `  ${paint[severity](level === undefined ? severity : `${severity} ${level}`)}`,
        date ?? "-",
        `since ${createdAt.slice(0, 16).replace("T", " ")}`,
      ],
      tail: `${name}: ${plainLine(message)}`,
    })),
    width,
    4,
  );
  const told = opened.filter(({ informational }) => !informational).length;
  const expected = opened.length - told;
  const parts = [
    `${plural(open.length, "alert")} open`,
    `${told} new`,
    `${resolved.filter(({ informational }) => !informational).length} resolved`,
    expected === 0 ? "" : `${expected} expected ones logged`,
    failed.length === 0 ? "" : `${plural(failed.length, "rule")} could not be asked`,
  ].filter((part) => part !== "");
  return [...rows, `${window.to === "9999-12-31" ? "all dates" : windowText(window)}: ${parts.join(", ")}`];
}

/** One alert as JSON shows it, in the names of alerts_log. */
export function alertJson(alert: LoggedAlert): object {
  return { ...alertFields(alert), informational: alert.informational, times_opened: alert.timesOpened };
}
