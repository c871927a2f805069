import type { ActionResult, RunEvent } from "../events/events.js";
import { type RunRecord, rowsWritten } from "../events/run-record.js";
import { type LastDurations, RunEstimate } from "./estimate.js";
import { eventLine } from "./event-lines.js";
import { groupActions, groupSummary, isConcerned, runs } from "./groups.js";
import { bar, isLive, LiveRegion } from "./live-region.js";
import { isConsequence, isNotDone } from "./next-steps.js";
import { windowText } from "./plan-text.js";
import { isRoutine, resultLines, summaryLines } from "./run-report.js";
import {
  type Colors,
  colorsFor,
  count,
  duration,
  foldRows,
  plainLine,
  plural,
  roughly,
  type TextStream,
  widthOf,
  wrapLine,
} from "./text.js";

/** Where a run is told, and how much of it. */
export interface RunTextOptions {
  /** What the plan says, in the shape of a run in which nothing runs. */
  readonly planned: RunRecord;
  readonly durations: LastDurations;
  /** The dates as the user gave them: ` --date 2021-11-15`. */
  readonly repeatedFlags: string;
  /** The user named dates: others may be anything. */
  readonly isOfSomeDates: boolean;
  /** Only warnings and what failed. */
  readonly quiet: boolean;
  /** Skipped actions and passed assertions by name, too. */
  readonly all: boolean;
  readonly out: TextStream;
  readonly err: TextStream;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since some fixed moment. */
  readonly now: () => number;
}

/** What could not run behind a failure, told one by one up to here. */
const FEW = 5;
const REFRESH_MS = 200;
const SHOWN_RUNNING = 6;

/** A run in words, as it goes on: what will run and why, a line for each action that ends, and a live region below them. */
export class RunText {
  readonly #told = new Set<string>();
  readonly #running = new Map<string, RunningAction>();
  readonly #region: LiveRegion | undefined;
  readonly #estimate: RunEstimate;
  readonly #toRun: readonly string[];
  readonly #nameWidth: number;
  readonly #colors: Colors;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #ended = 0;
  #rows = 0;

  constructor(readonly options: RunTextOptions) {
    const { planned, durations, err, quiet, variables } = options;
    const running = planned.actions.filter(runs);
    this.#toRun = running.map(({ key }) => key);
    this.#nameWidth = Math.max(0, ...running.filter(({ type }) => type !== "assertion").map(({ key }) => key.length));
    this.#estimate = new RunEstimate(this.#toRun, durations);
    this.#colors = colorsFor(options.out);
    this.#region = !quiet && isLive(err, variables) ? new LiveRegion(err, colorsFor(err).dim) : undefined;
  }

  /** Tells an event. */
  listen(event: RunEvent): void {
    const line = eventLine(event);
    if (line !== undefined && !(this.options.quiet && line.kind === "note"))
      this.#warn(`${line.kind}: ${plainLine(line.text)}`);
    switch (event.event) {
      case "run_started":
        this.#begin();
        return;
      case "action_started":
        this.#running.set(event.key, { since: this.options.now(), doing: "reading its inputs" });
        break;
      case "action_step":
        this.#running.set(event.key, { since: this.#running.get(event.key)?.since ?? 0, doing: doingText(event) });
        break;
      case "action_finished":
        this.#finished(event.result);
        break;
      case "run_finished":
        this.#stop();
        return;
      default:
        return;
    }
    this.#refresh();
  }

  /** Tells what stands when all has ended. */
  end(record: RunRecord): void {
    this.#stop();
    const width = widthOf(this.options.out);
    const behind = record.actions.filter(isConsequence);
    const nameWidth = Math.max(this.#nameWidth, ...behind.map(({ key }) => key.length));
    const number = `  ${this.#colors.yellow("block")} ${plural(behind.length, "action")} behind those that failed did not run`;
    const blocked =
      behind.length > FEW
        ? wrapLine(number, width, 8)
        : behind.flatMap((action) => resultLines(action, nameWidth, this.#colors, width));
    this.#say(blocked);
    if (this.options.quiet && !record.actions.some(isNotDone)) return;
    if (this.#toRun.length > 0) this.#say([""]);
    this.#say(summaryLines(record, this.#colors, this.options).flatMap((line) => wrapLine(line, width, 2)));
  }

  #begin(): void {
    const { planned, quiet, now, out } = this.options;
    this.#startedAt = now();
    if (quiet || this.#toRun.length === 0) return;
    const width = widthOf(out);
    const concerned = planned.actions.filter(isConcerned);
    const head = `${windowText(planned.window)} on ${planned.target}: ${this.#toRun.length} of ${plural(planned.actions.length, "action")} to run`;
    const groups = groupActions(concerned).map((group) => ({
      cells: [`  ${group.name}`],
      tail: groupSummary(group),
    }));
    this.#say([...wrapLine(head, width, 2), ...foldRows(groups, width, 4), ""]);
    if (this.#region === undefined) return;
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS);
    // A clock on the screen keeps no process alive.
    this.#timer.unref();
  }

  #finished(result: ActionResult): void {
    this.#running.delete(result.key);
    if (this.#toRun.includes(result.key)) {
      this.#ended += 1;
      this.#estimate.ended(result.key);
    }
    this.#rows += rowsWritten(result.counts);
    const { all, quiet, out } = this.options;
    const isTold = isNotDone(result)
      ? !isConsequence(result)
      : !quiet && (all || (result.status !== "skipped" && !isRoutine(result)));
    if (isTold) this.#say(resultLines(result, this.#nameWidth, this.#colors, widthOf(out)));
  }

  #refresh(): void {
    if (this.#region === undefined || this.#toRun.length === 0) return;
    const elapsed = this.options.now() - this.#startedAt;
    const remaining = this.#estimate.remaining(elapsed);
    const parts = [
      `${this.#ended} of ${this.#toRun.length}`,
      `${plural(this.#rows, "row")} written`,
      duration(elapsed),
      remaining === undefined ? "" : `about ${roughly(remaining)} left`,
    ].filter((part) => part !== "");
    const running = [...this.#running].slice(0, SHOWN_RUNNING).map(([key, { since, doing }]) => {
      const time = this.options.now() - since;
      return `    ${key}  ${doing}${time < 1000 ? "" : `, ${roughly(time)}`}`;
    });
    const more = this.#running.size - running.length;
    this.#region.show([
      `  ${bar(this.#ended / this.#toRun.length)} ${parts.join(" | ")}`,
      ...running,
      ...(more > 0 ? [`    and ${more} more`] : []),
    ]);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#region?.clear();
  }

  /** A warning of one text is told once. */
  #warn(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#region?.clear();
    const { err } = this.options;
    err.write(`${wrapLine(text, widthOf(err), 2).join("\n")}\n`);
  }

  #say(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#region?.clear();
    this.options.out.write(`${lines.join("\n")}\n`);
  }
}

interface RunningAction {
  readonly since: number;
  readonly doing: string;
}

function doingText({ step, partitions, count: number }: Extract<RunEvent, { event: "action_step" }>): string {
  if (step === "checking") return `checking ${plural(number ?? 0, "assertion")}`;
  const batch = partitions > 1 ? ` of ${plural(partitions, "partition")}` : "";
  if (step === "computing") return `computing its rows${batch}`;
  return `comparing and writing ${number === undefined ? "its rows" : `${count(number)} row${number === 1 ? "" : "s"}`}${batch}`;
}
