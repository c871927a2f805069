import type { RunEvent } from "../events/events.js";
import { type RunRecord, recordOf, rowsWritten, totalsOf } from "../events/run-record.js";
import { describeDecisions, describePartitions } from "./decisions.js";
import { estimateOf, type LastDurations } from "./estimate.js";
import { eventLine } from "./event-lines.js";
import { countReasons, isConcerned, runs } from "./groups.js";
import { markdownCell, markdownCode, markdownDetails, markdownTable } from "./markdown.js";
import { windowText } from "./plan-text.js";
import { count, duration, plural, roughly } from "./text.js";

/** A plan as a comment on a pull request. */
export function planMarkdown(events: readonly RunEvent[], durations: LastDurations): string[] {
  const plan = recordOf(events);
  const concerned = plan.actions.filter(isConcerned);
  const running = concerned.filter(runs);
  const skipped = concerned.filter((action) => !runs(action));
  const time = estimateOf(running, durations);
  const rows = running.map(({ key, type, partitions }) => [
    markdownCode(key),
    type,
    describePartitions(partitions) || "whole",
    markdownCell(describeDecisions(partitions)),
  ]);
  return [
    `### fastbreak plan: ${running.length} of ${plural(concerned.length, "action")} to run`,
    "",
    `${windowText(plan.window)} on ${plan.target}${time === undefined ? "" : `, about ${roughly(time)} by the last builds`}`,
    "",
    ...(rows.length === 0 ? [] : [...markdownTable(["action", "type", "partitions", "why"], rows), ""]),
    ...warnings(events),
    ...skippedDetails(skipped),
  ];
}

/** What became of a run as a comment or the summary of a job. */
export function runMarkdown(events: readonly RunEvent[]): string[] {
  const run = recordOf(events);
  const totals = totalsOf(run);
  const told = run.actions.filter(
    ({ status, type }) => status !== "skipped" && (type !== "assertion" || status !== "success"),
  );
  const rows = told.map((action) => [
    action.status,
    markdownCode(action.key),
    count(rowsWritten(action.counts)),
    duration(action.durationMs),
    markdownCell(action.error ?? describeDecisions(action.partitions)),
  ]);
  const wrong = totals.failed + totals.blocked;
  return [
    `### fastbreak run: ${wrong === 0 ? "done" : `${totals.failed} failed, ${totals.blocked} blocked`}`,
    "",
    `${windowText(run.window)} on ${run.target}: ${totals.run + totals.unchanged} ran, ${totals.skipped} skipped, ` +
      `${plural(totals.rows_written, "row")} written in ${duration(run.durationMs)}`,
    "",
    ...(rows.length === 0
      ? []
      : [...markdownTable(["", "action", "rows written", "time", "why"], rows, new Set([2, 3])), ""]),
    ...warnings(events),
    ...skippedDetails(run.actions.filter(({ status }) => status === "skipped")),
  ];
}

function skippedDetails(skipped: RunRecord["actions"]): string[] {
  if (skipped.length === 0) return [];
  const rows = skipped.map(({ key, partitions }) => [markdownCode(key), markdownCell(describeDecisions(partitions))]);
  return markdownDetails(`${skipped.length} skipped: ${countReasons(skipped)}`, markdownTable(["action", "why"], rows));
}

function warnings(events: readonly RunEvent[]): string[] {
  const lines = events.flatMap((event) => {
    const line = eventLine(event);
    return line === undefined ? [] : [`- ${line.kind}: ${markdownCell(line.text)}`];
  });
  return lines.length === 0 ? [] : [...new Set(lines), ""];
}
