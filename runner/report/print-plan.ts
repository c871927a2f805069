import type { RunEvent } from "../events/events.js";
import { recordOf } from "../events/run-record.js";
import { eventLine } from "./event-lines.js";
import { planTable, reportJson } from "./run-report.js";
import { plainLine, plural } from "./text.js";

/** Prints a plan, given as the events of a run in which nothing runs: a table with a sentence below, or the JSON document. */
export function printPlan(events: readonly RunEvent[], json: boolean): void {
  for (const event of events) {
    const line = eventLine(event);
    if (line !== undefined) process.stderr.write(`${line.kind}: ${plainLine(line.text)}\n`);
  }
  const record = recordOf(events);
  if (json) {
    process.stdout.write(`${JSON.stringify(reportJson(record))}\n`);
    return;
  }
  const running = record.actions.filter(({ partitions }) =>
    partitions.some(({ decision }) => decision === "run"),
  ).length;
  const sentence = `${plural(record.actions.length, "action")}: ${running} to run, ${record.actions.length - running} to skip`;
  process.stdout.write(`${[...planTable(record), sentence].join("\n")}\n`);
}
