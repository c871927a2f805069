import type { ActionResult } from "../events/events.js";
import type { RunRecord } from "../events/run-record.js";
import { describeDecisions } from "./decisions.js";
import { groupActions } from "./groups.js";
import { isNotDone } from "./next-steps.js";

/** A run as JUnit's XML, which build servers show: a suite for each dataset, a case for each action. */
export function junitDocument(run: RunRecord): string {
  const suites = groupActions(run.actions).map(({ name, actions }) =>
    [
      `  <testsuite${attributes({ name, ...countsOf(actions), timestamp: run.startedAt })}>`,
      ...actions.map((action) => testCase(name, action)),
      "  </testsuite>",
    ].join("\n"),
  );
  const head = attributes({ name: "fastbreak run", ...countsOf(run.actions) });
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${head}>`, ...suites, "</testsuites>", ""].join("\n");
}

function testCase(suite: string, action: ActionResult): string {
  const head = `    <testcase${attributes({ classname: suite, name: action.key, time: seconds(action.durationMs) })}`;
  if (isNotDone(action)) {
    const message = action.error ?? action.status;
    return `${head}><failure${attributes({ type: action.status, message })}/></testcase>`;
  }
  if (action.status !== "skipped") return `${head}/>`;
  return `${head}><skipped${attributes({ message: describeDecisions(action.partitions) })}/></testcase>`;
}

function countsOf(actions: readonly ActionResult[]) {
  return {
    tests: actions.length,
    failures: actions.filter(isNotDone).length,
    skipped: actions.filter(({ status }) => status === "skipped").length,
    time: seconds(actions.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join("");
}

/** Characters that XML 1.0 has no place for, lone halves of a pair among them, become a replacement character. */
function escapeXml(text: string): string {
  const sound = text.replace(/\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, (sign) => ("\t\n\r".includes(sign) ? sign : "\ufffd"));
  return sound.replace(/[&<>"'\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
