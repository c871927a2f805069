import { planTable, type RunReport, reportJson } from "./run-report.js";
import { plural } from "./text.js";

/** Prints a plan: a table with a sentence below, or the JSON document. */
export function printPlan(report: RunReport, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(reportJson(report))}\n`);
    return;
  }
  const running = report.actions.filter(({ partitions }) =>
    partitions.some(({ decision }) => decision === "run"),
  ).length;
  const sentence = `${plural(report.actions.length, "action")}: ${running} to run, ${report.actions.length - running} to skip`;
  process.stdout.write(`${[...planTable(report), sentence].join("\n")}\n`);
}
