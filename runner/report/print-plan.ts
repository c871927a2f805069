import type { RunEvent } from "../events/events.js";
import { recordOf } from "../events/run-record.js";
import type { LastDurations } from "./estimate.js";
import { eventLine } from "./event-lines.js";
import { planMarkdown } from "./plan-markdown.js";
import { planLines } from "./plan-text.js";
import { reportJson } from "./run-report.js";
import { colorsFor, plainLine, type TextStream, widthOf, wrapLine } from "./text.js";

/** Forms in which a plan can be told. */
export const PLAN_FORMATS = ["text", "json", "jsonl", "markdown"] as const;
export type PlanFormat = (typeof PLAN_FORMATS)[number];

export interface PlanOutputOptions {
  readonly format: PlanFormat;
  readonly durations: LastDurations;
  /** What is skipped by name, too. */
  readonly all: boolean;
  /** Only warnings. */
  readonly quiet: boolean;
  readonly out: TextStream;
  readonly err: TextStream;
}

/** Prints a plan, given as the events of a run in which nothing runs. */
export function printPlan(events: readonly RunEvent[], options: PlanOutputOptions): void {
  const { format, out, err, durations } = options;
  const told = new Set<string>();
  for (const event of events) {
    const line = eventLine(event);
    if (line === undefined || (options.quiet && line.kind === "note") || format === "markdown") continue;
    const text = `${line.kind}: ${plainLine(line.text)}`;
    if (!told.has(text)) err.write(`${wrapLine(text, widthOf(err), 2).join("\n")}\n`);
    told.add(text);
  }
  if (format === "text" && options.quiet) return;
  const document = {
    text: () => planLines(recordOf(events), { ...options, width: widthOf(out), colors: colorsFor(out) }).join("\n"),
    json: () => JSON.stringify(reportJson(recordOf(events))),
    jsonl: () => events.map((event) => JSON.stringify(event)).join("\n"),
    markdown: () => planMarkdown(events, durations).join("\n"),
  }[format];
  out.write(`${document()}\n`);
}
