import type { ActionResult } from "../events/events.js";
import type { RunRecord } from "../events/run-record.js";
import type { DateRange } from "../port/port.js";
import { describeDecisions, describePartitions } from "./decisions.js";
import { estimateOf, type LastDurations, savedBySkips } from "./estimate.js";
import { type ActionGroup, ASSERTIONS, countReasons, groupActions, groupSummary, isConcerned, runs } from "./groups.js";
import { type Colors, type FoldedRow, foldRows, plural, roughly, wrapLine } from "./text.js";

export interface PlanTextOptions {
  /** List what is skipped, too, and every assertion. */
  readonly all: boolean;
  /** Columns of a line. */
  readonly width: number;
  readonly colors: Colors;
  readonly durations: LastDurations;
}

/** Assertions that are listed one by one; more are told by their number. */
const FEW_ASSERTIONS = 5;

/** A plan for a person: what runs and why, group by group, then what is skipped, a line a group, then the sum. */
export function planLines(plan: RunRecord, options: PlanTextOptions): string[] {
  const { width, colors } = options;
  const concerned = plan.actions.filter(isConcerned);
  const groups = groupActions(concerned);
  const active = groups.filter(({ running }) => running.length > 0);
  const idle = groups.filter(({ running }) => running.length === 0);
  const body = active.flatMap((group) => [
    ...wrapLine(`${colors.bold(group.name)}  ${groupSummary(group)}`, width, 2),
    ...actionRows(group, options),
    "",
  ]);
  const skipped = options.all
    ? idle.flatMap((group) => [colors.bold(group.name), ...actionRows(group, options), ""])
    : idle.length === 0
      ? []
      : [...foldRows(idle.map(idleRow(colors)), width, 4), ""];
  return [...body, ...skipped, ...planSums(plan, concerned, options)];
}

/** The window of a run as it is told. */
export function windowText(window: DateRange | undefined): string {
  if (window === undefined) return "all dates";
  return window.from === window.to ? window.from : `${window.from} to ${window.to}`;
}

function idleRow(colors: Colors) {
  return (group: ActionGroup<ActionResult>): FoldedRow => ({
    cells: [colors.bold(group.name)],
    tail: groupSummary(group),
  });
}

function actionRows({ name, actions, running }: ActionGroup<ActionResult>, options: PlanTextOptions): string[] {
  const { width, colors } = options;
  if (!options.all && name === ASSERTIONS && running.length > FEW_ASSERTIONS) return [];
  const rows = (options.all ? actions : running).map((action): FoldedRow => {
    const label = runs(action) ? colors.yellow("run ") : colors.dim("skip");
    const details = [describePartitions(action.partitions), describeDecisions(action.partitions)];
    const typed = width >= 120 ? [action.type] : [];
    return {
      cells: [`  ${label}`, action.key, ...typed],
      tail: details.filter((part) => part !== "").join(" · "),
    };
  });
  return foldRows(rows, width);
}

function planSums(
  { actions: all, target, window }: RunRecord,
  concerned: readonly ActionResult[],
  { width, durations, colors }: PlanTextOptions,
): string[] {
  const running = concerned.filter(runs);
  const skipped = concerned.filter((action) => !runs(action));
  const left = all.length - concerned.length;
  const aside = left === 0 ? "" : `, ${left} not selected`;
  const reasons = skipped.length === 0 ? "" : ` (${countReasons(skipped)})`;
  const head = `${windowText(window)} on ${target}`;
  const sums = `${plural(all.length, "action")}: ${running.length} to run, ${skipped.length} to skip${reasons}${aside}`;
  const verdict = running.length === 0 && left === 0 ? ["Nothing has to run."] : [];
  const time = estimateOf(running, durations);
  const saved = savedBySkips(skipped, durations);
  const parts = [
    time === undefined ? "" : `about ${roughly(time)} of work, going by the last builds`,
    saved < 1 ? "" : `skipping saves about ${roughly(saved)}`,
  ].filter((part) => part !== "");
  return [...verdict, `${sums} | ${head}`, ...(parts.length === 0 ? [] : [colors.dim(parts.join("; "))])].flatMap(
    (line) => wrapLine(line, width, 2),
  );
}
