import { appendFileSync } from "node:fs";
import type { RunEvent } from "../events/events.js";
import type { RunRecord } from "../events/run-record.js";
import { githubAnnotation, problemOf } from "./annotations.js";
import { eventLine } from "./event-lines.js";
import { junitDocument } from "./junit.js";
import { isConsequence, isNotDone } from "./next-steps.js";
import { runMarkdown } from "./plan-markdown.js";
import { reportJson, resultLines, summaryLines } from "./run-report.js";
import { RunText, type RunTextOptions } from "./run-text.js";
import { colorsFor, plainLine } from "./text.js";

/** Forms in which a run can be told. */
export const RUN_FORMATS = ["text", "json", "jsonl", "github", "junit", "markdown"] as const;
export type RunFormat = (typeof RUN_FORMATS)[number];

/** Tells a run, while it goes on and when it has ended. */
export interface RunOutput {
  listen(event: RunEvent): void;
  /** @param record the run with its actions in the project's order */
  end(record: RunRecord): void;
}

/** The output of a run in a form. Documents stand alone on standard output; warnings go to standard error beside them. */
export function runOutput(format: RunFormat, options: RunTextOptions): RunOutput {
  if (format === "text") return new RunText(options);
  if (format === "github") return new GithubOutput(options);
  const events: RunEvent[] = [];
  const told = new Set<string>();
  return {
    listen(event) {
      events.push(event);
      const line = eventLine(event);
      const text = line === undefined ? "" : `${line.kind}: ${plainLine(line.text)}\n`;
      if (text !== "" && !told.has(text)) options.err.write(text);
      told.add(text);
      if (format === "jsonl") options.out.write(`${JSON.stringify(event)}\n`);
    },
    end(record) {
      if (format === "json") options.out.write(`${JSON.stringify(reportJson(record))}\n`);
      if (format === "junit") options.out.write(junitDocument(record));
      if (format === "markdown") options.out.write(`${runMarkdown(events).join("\n")}\n`);
    },
  };
}

/** Workflow commands of GitHub Actions: what failed and what should be known stands at its line; the job gets a summary. */
class GithubOutput implements RunOutput {
  readonly #events: RunEvent[] = [];
  readonly #told = new Set<string>();

  constructor(readonly options: RunTextOptions) {}

  listen(event: RunEvent): void {
    this.#events.push(event);
    const line = eventLine(event);
    if (line === undefined || this.#told.has(line.text)) return;
    this.#told.add(line.text);
    const level = line.kind === "note" ? "notice" : "warning";
    this.#say(githubAnnotation({ ...NOWHERE, message: plainLine(line.text) }, level));
  }

  end(record: RunRecord): void {
    const colors = colorsFor({});
    const told = record.actions.filter(({ status }) => status !== "skipped");
    const width = Math.max(0, ...told.map(({ key }) => key.length));
    if (told.length > 0) {
      this.#say("::group::actions");
      for (const action of told)
        for (const line of resultLines(action, width, colors, Number.POSITIVE_INFINITY)) this.#say(line);
      this.#say("::endgroup::");
    }
    for (const action of record.actions)
      if (isNotDone(action) && !isConsequence(action))
        this.#say(githubAnnotation(problemOf(`${action.error ?? action.status}`, action.key)));
    for (const line of summaryLines(record, colors, this.options)) this.#say(line);
    const summary = this.options.variables.GITHUB_STEP_SUMMARY ?? "";
    if (summary !== "") appendFileSync(summary, `${runMarkdown(this.#events).join("\n")}\n`);
  }

  #say(line: string): void {
    this.options.out.write(`${line}\n`);
  }
}

const NOWHERE = { file: undefined, line: undefined, column: undefined };
