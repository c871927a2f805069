import { bar, isLive, LiveRegion } from "./live-region.js";
import { colorsFor, duration, plural, roughly, type TextStream } from "./text.js";

/** How far a piece of work is. */
export interface WorkState {
  /** Parts that are done, of so many; undefined: nobody knows how many there are. */
  readonly parts: { readonly done: number; readonly of: number; readonly unit: string } | undefined;
  /** Undefined: rows are not what is counted. */
  readonly rows: number | undefined;
  /** What is being worked on. */
  readonly now: string | undefined;
}

export interface WorkProgressOptions {
  readonly err: TextStream;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since some fixed moment. */
  readonly now: () => number;
  /** Say nothing. */
  readonly quiet: boolean;
}

const REFRESH_MS = 150;
/** In a log a line is for good: long work tells from time to time that it goes on. */
const LOG_MS = 30_000;

/** Shows how far long work is: a live region on a terminal, now and then a line where there is none. */
export class WorkProgress {
  readonly #region: LiveRegion | undefined;
  readonly #startedAt: number;
  #toldAt: number;

  constructor(readonly options: WorkProgressOptions) {
    const { err, variables, now } = options;
    this.#region = isLive(err, variables) ? new LiveRegion(err, colorsFor(err).dim) : undefined;
    this.#startedAt = now();
    this.#toldAt = this.#startedAt;
  }

  /** That of a command: on standard error. */
  static ofCommand(quiet: boolean): WorkProgress {
    return new WorkProgress({ err: process.stderr, variables: process.env, now: () => performance.now(), quiet });
  }

  /** Is called as often as one likes; `state` is asked for when something is to be shown. */
  tick(state: () => WorkState): void {
    if (this.options.now() - this.#toldAt >= REFRESH_MS) this.show(state());
  }

  /** Shows where the work is, at once on a terminal. */
  show(state: WorkState): void {
    const { quiet, now, err } = this.options;
    const time = now();
    if (quiet || (this.#region === undefined && time - this.#toldAt < LOG_MS)) return;
    this.#toldAt = time;
    const lines = progressLines(state, time - this.#startedAt);
    if (this.#region === undefined) err.write(`${lines.map((line) => line.trim()).join(" | ")}\n`);
    else this.#region.show(lines);
  }

  /** Takes what is shown away. */
  end(): void {
    this.#region?.clear();
  }
}

/** Share, parts, rows, time, what is left of it; below it what is being worked on. */
export function progressLines({ parts, rows, now }: WorkState, elapsed: number): string[] {
  const share = parts === undefined || parts.of === 0 ? undefined : Math.min(1, parts.done / parts.of);
  const left = share !== undefined && share > 0.02 && elapsed > 1000 ? (elapsed * (1 - share)) / share : undefined;
  const told = [
    parts === undefined ? "" : `${parts.done} of ${plural(parts.of, parts.unit)}`,
    rows === undefined ? "" : plural(rows, "row"),
    duration(elapsed),
    left === undefined || left < 1 ? "" : `about ${roughly(left)} left`,
  ].filter((part) => part !== "");
  return [
    `  ${share === undefined ? "" : `${bar(share)} `}${told.join(" | ")}`,
    ...(now === undefined ? [] : [`    ${now}`]),
  ];
}
