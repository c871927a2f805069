import type { ActionResult, ActionStatus } from "../events/events.js";
import { type RunCost, type RunRecord, rowsWritten, totalsOf } from "../events/run-record.js";
import { decisionsJson, toldReason } from "../plan/partitions.js";
import { describeDecisions, describePartitions } from "./decisions.js";
import { type LastDurations, savedBySkips } from "./estimate.js";
import { nextSteps } from "./next-steps.js";
import { type Colors, count, duration, foldRows, plainLine, plural, roughly } from "./text.js";

/** The JSON document of `run --json` and `plan --json`. */
export function reportJson(report: RunRecord): object {
  return {
    run_id: report.runId,
    window: report.window ?? null,
    target: report.target,
    compiled: report.compiled,
    actions: report.actions.map((action) => ({
      name: action.key,
      type: action.type,
      partitions: decisionsJson(action.partitions),
      status: action.status,
      rows_written: rowsWritten(action.counts),
      rows: action.counts ?? null,
      duration_ms: Math.round(action.durationMs),
      error: action.error ?? null,
    })),
    totals: totalsOf(report),
    ...(report.cost === undefined ? {} : { cost: costJson(report.cost) }),
    ...(report.differing === undefined
      ? {}
      : { metadata: report.differing.map(({ key, what }) => ({ name: key, sets: what })) }),
  };
}

function costJson({ queries, bytes, savedBytes, unknown, dollars, savedDollars }: RunCost): object {
  return {
    bytes,
    saved_bytes: savedBytes,
    unknown,
    dollars,
    saved_dollars: savedDollars,
    actions: queries.map(({ key, runs, bytes: own }) => ({ name: key, runs, bytes: own ?? null })),
  };
}

const LABELS: Readonly<Record<ActionStatus, string>> = {
  success: "ok",
  unchanged: "same",
  skipped: "skip",
  failed: "FAIL",
  blocked: "block",
};

/** Columns that an action's line keeps for what became of it. */
const DETAIL_WIDTH = 26;

/**
 * One action as it is shown once it has ended. Where lines have an end, what became of it takes one line as far as that goes: rows and
 * time first, partitions and reason where there is room. An error is told whole.
 * @param nameWidth columns of the longest name, so that rows stand under each other
 */
export function resultLines(action: ActionResult, nameWidth: number, colors: Colors, width: number): string[] {
  const label = LABELS[action.status].padEnd(5);
  const paint = {
    success: colors.green,
    unchanged: colors.cyan,
    skipped: colors.dim,
    failed: colors.red,
    blocked: colors.yellow,
  }[action.status];
  const column = Math.max(action.key.length, Math.min(nameWidth, width - DETAIL_WIDTH - 10));
  const head = `  ${paint(label)} ${action.key}`;
  if (action.error !== undefined)
    return foldRows([{ cells: [head], tail: plainLine(action.error) }], width, 8, column + 8);
  const parts = details(action);
  const fits = (number: number) => column + 10 + parts.slice(0, number).join(" · ").length <= width;
  const shown = [4, 3, 2].find(fits) ?? 2;
  return foldRows([{ cells: [head], tail: parts.slice(0, shown).join(" · ") }], width, 8, column + 8);
}

interface SummaryOptions {
  readonly durations: LastDurations;
  readonly repeatedFlags: string;
  readonly isOfSomeDates: boolean;
}

/** The last lines of a run: what stands, in a sentence, and what to do about what does not. */
export function summaryLines(
  report: RunRecord,
  colors: Colors,
  { durations, repeatedFlags, isOfSomeDates }: SummaryOptions,
): string[] {
  const totals = totalsOf(report);
  const passed = report.actions.filter(isPassedAssertion).length;
  const parts = [
    totals.run > passed ? colors.green(`${totals.run - passed} ran`) : "0 ran",
    totals.unchanged > 0 ? `${totals.unchanged} ran without any difference` : "",
    `${totals.skipped} skipped${skipReasons(report)}`,
    totals.failed > 0 ? colors.red(`${totals.failed} failed`) : "",
    totals.blocked > 0 ? colors.yellow(`${totals.blocked} blocked`) : "",
    passed > 0 ? `${plural(passed, "assertion")} passed` : "",
  ].filter((part) => part !== "");
  const verdict =
    totals.run + totals.unchanged + totals.failed + totals.blocked === 0 ? [idleVerdict(report, isOfSomeDates)] : [];
  const refreshed = report.actions.reduce((sum, { counts }) => sum + (counts?.refreshed ?? 0), 0);
  const rows = `${plural(totals.rows_written, "row")} written${refreshed === 0 ? "" : `, ${count(refreshed)} of them refreshed`}`;
  const saved = savedBySkips(
    report.actions.filter(({ status }) => status === "skipped"),
    durations,
  );
  return [
    ...verdict,
    `${plural(report.actions.length, "action")}: ${parts.join(", ")} | ${rows} | ${duration(report.durationMs)}`,
    ...(saved < 1 ? [] : [colors.dim(`Skipping saved about ${roughly(saved)}, going by the last builds.`)]),
    ...nextSteps(report.actions, repeatedFlags).map((step) => `next: ${step}`),
  ];
}

function idleVerdict({ actions }: RunRecord, isOfSomeDates: boolean): string {
  const reasons = actions.flatMap(({ partitions }) => partitions);
  const rules = reasons.filter(({ reason }) => reason === "ruled_out");
  if (rules.length === 0) {
    const isAll = !isOfSomeDates && reasons.every(({ reason }) => reason !== "not_selected");
    return `Nothing had to run: ${isAll ? "every model" : "what was asked for"} is what a full rebuild would make.`;
  }
  return `Nothing was run: ${[...new Set(rules.map(toldReason))].join(", ")} (a rule of fastbreak.json; --no-skips runs it all the same).`;
}

/**
 * A gate that let everything through: one of many, worth a number and no line of its own, unless it is another gate than before, of
 * which the line of no model tells.
 */
export function isRoutine(action: Pick<ActionResult, "type" | "status" | "partitions">): boolean {
  return isPassedAssertion(action) && action.partitions.every(({ reason }) => reason !== "code_changed");
}

function isPassedAssertion({ type, status }: Pick<ActionResult, "type" | "status">): boolean {
  return type === "assertion" && status === "success";
}

/** Rows, time, partitions and reason; what there is of them. */
function details(action: ActionResult): string[] {
  const { counts } = action;
  const rows =
    counts === undefined
      ? ""
      : [
          counts.inserted > 0 ? `${count(counts.inserted)} inserted` : "",
          counts.updated > 0 ? `${count(counts.updated)} updated` : "",
          counts.refreshed > 0 ? `${count(counts.refreshed)} refreshed` : "",
          counts.deleted > 0 ? `${count(counts.deleted)} deleted` : "",
        ]
          .filter((part) => part !== "")
          .join(", ") ||
        (action.status === "success" ? "no row of its query differs, those of its table do" : "no row differs");
  const parts = [
    rows,
    action.durationMs > 0 ? duration(action.durationMs) : "",
    describePartitions(action.partitions),
    describeDecisions(action.partitions),
  ];
  return parts.filter((part) => part !== "");
}

function skipReasons(report: RunRecord): string {
  const reasons = new Map<string, number>();
  for (const action of report.actions) {
    if (action.status !== "skipped") continue;
    const [first] = action.partitions;
    const reason = first === undefined ? "nothing in the window" : toldReason(first).replaceAll("_", " ");
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  if (reasons.size === 0) return "";
  return ` (${[...reasons].map(([reason, number]) => (reasons.size === 1 ? reason : `${number} ${reason}`)).join(", ")})`;
}
