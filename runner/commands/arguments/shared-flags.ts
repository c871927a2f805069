import type { Positional } from "../command.js";
import { usageError } from "../exit.js";
import { commas, each, type Flags, formed, list, oneOf, onOff, text, value, wholeNumber } from "./flags.js";

/** A dataset, or a part of one, that BigQuery takes. */
const DATASET_PART = /^[A-Za-z0-9_]{1,1000}$/;
const LETTERS = "letters, digits and _, at most 1,000";

/** Flags that every command takes. */
export const COMMON_FLAGS = {
  "project-dir": text("folder with dataform.json; default: this one"),
  environment: text("named defaults of fastbreak.json"),
  target: text("engine: duckdb or bigquery; default: duckdb"),
  database: text("the warehouse; default: a file in .fastbreak"),
  memory: text("memory for the engine, as 4GB"),
  threads: text("threads for the engine"),
  json: onOff("one JSON document on standard output, nothing else"),
};

/** `--date`, or `--from` and `--to`. */
export const WINDOW_FLAGS = {
  date: { ...text("one partition, YYYY-MM-DD; also --analysis-date"), also: ["analysis-date"] },
  from: text("first partition of a window"),
  to: text("last partition of a window"),
};

/** Which actions. */
export const SELECTION_FLAGS = {
  select: list(
    "name, +name, name+, @name, tag:t, path:folder, state:stale, git:ref; a comma intersects, several unite",
  ),
  exclude: list("selectors to leave out"),
  actions: list("exact action names, a,b", commas),
  tags: list("actions with any of the tags, a,b", commas),
  "include-deps": onOff("also what the selected actions depend on"),
  "include-dependents": onOff("also what depends on the selected actions"),
};

/** Whether stale upstream partitions are built first. */
export const UPSTREAM_FLAGS = {
  "no-upstream": onOff("build only what is asked for, on upstreams as they are"),
};

/** What the project is compiled with, over its settings file: the flags of the Dataform CLI, and `--var`. */
export const OVERRIDE_FLAGS = {
  vars: value("project variables, a=1,b=2", readVars),
  var: each("a project variable, name=value; may be repeated"),
  "schema-suffix": formed("append _suffix to every dataset", DATASET_PART, LETTERS),
  "database-suffix": formed("append _suffix to the database", /^[a-z0-9-]+$/, "small letters, digits and -"),
  "table-prefix": formed("put prefix_ before every table", DATASET_PART, LETTERS),
  "default-database": formed("database of actions that name none", /^[A-Za-z][\w.:-]*$/, "a project id"),
  "default-schema": formed("dataset of actions that name none", DATASET_PART, LETTERS),
  "default-location": formed("location of the data", /^[A-Za-z0-9-]+$/, "a location such as US or europe-west1"),
  "default-reservation": formed("reservation of the jobs", /^[\w./:-]+$/, "projects/P/locations/L/reservations/R"),
  "assertion-schema": formed("dataset of the assertions", DATASET_PART, LETTERS),
  "disable-assertions": onOff("leave all assertions out"),
  timeout: value("time that compiling may take, as 90s or 10m", readDuration),
};

/** Milliseconds of `500ms`, `90s`, `10m`, `2h` or several of them in a row. */
function readDuration(given: string, flag: string): number {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...given.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join("") === given;
  const millis = parts.reduce((sum, [, amount, unit = "ms"]) => sum + Number(amount) * (units[unit] ?? 0), 0);
  if (isWhole && millis >= 1 && millis <= 86_400_000) return millis;
  throw usageError(`${flag} ${given} is not possible; give a time such as 90s, 10m or 2h`);
}

/** The pairs of `--vars`. */
function readVars(given: string): readonly string[] {
  return given.split(",");
}

/** Whether to wait for whoever holds the warehouse. */
export const WAIT_FLAGS = {
  wait: wholeNumber("seconds to wait for whoever has the warehouse; default: none", 1, 86_400),
};

/** Rules of the project that leave dates out. */
export const SKIP_FLAGS = {
  "no-skips": onOff('run dates, too, that a rule ("skips" in fastbreak.json) leaves out'),
  source: text("the source that has caused the run: what does not rest on it is skipped"),
};

/** How a plan or a run is told, in one of several forms. */
export function outputFlags<const F extends string>(formats: readonly F[]) {
  return {
    output: oneOf(`how it is told: ${formats.join(", ")}; default: text`, formats),
    all: onOff("list what is skipped, too"),
    quiet: onOff("only warnings and what failed"),
  };
}

/** An environment of what differs. */
export const DEFER_FLAGS = {
  defer: onOff("with --schema-suffix: make what differs, read the rest where it is published"),
};

/** A rebuild of what is selected. */
export const FULL_REFRESH_FLAGS = {
  "full-refresh": onOff("run every selected partition, whatever the state says"),
};

/** The project folder written as a word, as the Dataform CLI takes it. */
export const PROJECT_DIR_WORD: Positional = {
  name: "project-dir",
  describe: "folder with dataform.json; default: this one",
};

/** The flags of a command, with those that every command takes behind them. */
export function withCommon<const F extends Flags>(flags: F): F & typeof COMMON_FLAGS {
  return { ...flags, ...COMMON_FLAGS };
}

/** A label of BigQuery: small letters, digits, _ and -, the name beginning with a letter. */
const LABEL_NAME = /^[a-z][a-z0-9_-]{0,62}$/;
const LABEL_VALUE = /^[a-z0-9_-]{0,63}$/;

/** The pairs of `--job-labels`. */
function readLabels(given: string, flag: string): Readonly<Record<string, string>> {
  const pairs = given.split(",").map((pair): readonly [string, string] => {
    const [name = "", ...rest] = pair.split("=");
    const value = rest.join("=");
    if (LABEL_NAME.test(name) && LABEL_VALUE.test(value)) return [name, value];
    throw usageError(`${flag} ${pair} is no label; give name=value of small letters, digits, _ and -, at most 63 each`);
  });
  return Object.fromEntries(pairs);
}

/** Flags of the Dataform CLI that are about jobs of BigQuery. */
export const JOB_FLAGS = {
  credentials: text("BigQuery only: a file as .df-credentials.json"),
  "job-prefix": formed("BigQuery only: goes into ids of jobs", /^[A-Za-z0-9_-]{1,100}$/, "letters, digits, _ and -"),
  "job-labels": value("BigQuery only: labels of jobs, a=x,b=y", readLabels),
};

/** Flags of the Dataform CLI that mean nothing to an engine in this process; said in a line, and the run goes on. */
export const IDLE_DATAFORM_FLAGS = {
  ...JOB_FLAGS,
  "jit-timeout": text("without effect"),
  "action-retry-limit": wholeNumber("without effect", 0, 1000),
};
