import type { ActionResult, ActionStatus } from "../events/events.js";
import { type RunRecord, rowsWritten, totalsOf } from "../events/run-record.js";
import { decisionsJson, toldReason } from "../plan/partitions.js";
import { describeDecisions, describePartitions } from "./decisions.js";
import { alignColumns, type Colors, count, duration, plainLine, plural } from "./text.js";

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
  };
}

const LABELS: Readonly<Record<ActionStatus, string>> = {
  success: "ok",
  unchanged: "same",
  skipped: "skip",
  failed: "FAIL",
  blocked: "block",
};

/** One line per action, as it is shown while running and in the summary. */
export function actionLine(action: ActionResult, nameWidth: number, colors: Colors): string {
  const label = LABELS[action.status].padEnd(5);
  const paint = {
    success: colors.green,
    unchanged: colors.cyan,
    skipped: colors.dim,
    failed: colors.red,
    blocked: colors.yellow,
  }[action.status];
  const detail = action.error === undefined ? details(action) : plainLine(action.error);
  return `  ${paint(label)} ${action.key.padEnd(nameWidth)}  ${detail}`;
}

/** The last lines of a run: what stands, in a sentence. */
export function summaryLines(report: RunRecord, colors: Colors): string[] {
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
  const verdict = totals.run + totals.unchanged + totals.failed + totals.blocked === 0 ? [idleVerdict(report)] : [];
  return [
    ...verdict,
    `${plural(report.actions.length, "action")}: ${parts.join(", ")} | ${plural(totals.rows_written, "row")} written | ${duration(report.durationMs)}`,
  ];
}

function idleVerdict({ actions }: RunRecord): string {
  const rules = actions.flatMap(({ partitions }) => partitions.filter(({ reason }) => reason === "ruled_out"));
  if (rules.length === 0) return "Nothing had to run: every model is what a full rebuild would make.";
  return `Nothing was run: ${[...new Set(rules.map(toldReason))].join(", ")} (a rule of fastbreak.json; --no-skips runs it all the same).`;
}

/** What ran or failed, routine assertions aside, as a table for a person who reads a log. */
export function resultTable(report: RunRecord, colors: Colors): string[] {
  const told = report.actions.filter((action) => action.status !== "skipped" && !isRoutine(action));
  // What could not run because something before it did not is told by its number.
  const behind = told.filter(isConsequence);
  const shown = behind.length > FEW ? told.filter((action) => !isConsequence(action)) : told;
  const width = Math.max(0, ...shown.map(({ key }) => key.length));
  const lines = shown.map((action) => actionLine(action, width, colors));
  if (shown.length === told.length) return lines;
  return [
    ...lines,
    `  ${colors.yellow("block")} ${plural(behind.length, "action")} behind those that failed did not run`,
  ];
}

const FEW = 5;

function isConsequence({ status, partitions }: ActionResult): boolean {
  return status === "blocked" && partitions.every(({ reason }) => reason === "upstream_failed");
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

/** The decisions of a plan, one line per selected action. */
export function planTable(report: RunRecord): string[] {
  const selected = report.actions.filter(({ partitions }) =>
    partitions.some(({ reason }) => reason !== "not_selected"),
  );
  return alignColumns(
    selected.map((action) => {
      const runs = action.partitions.some(({ decision }) => decision === "run");
      return [
        ` ${runs ? "run " : "skip"}`,
        action.key,
        action.type,
        describePartitions(action.partitions),
        describeDecisions(action.partitions),
      ];
    }),
  );
}

function details(action: ActionResult): string {
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
          .join(", ") || "no row differs";
  const parts = [
    describePartitions(action.partitions),
    rows,
    action.durationMs > 0 ? duration(action.durationMs) : "",
    describeDecisions(action.partitions),
  ];
  return parts.filter((part) => part !== "").join(" · ");
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
