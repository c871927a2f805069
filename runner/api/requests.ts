import * as v from "valibot";
import { UserError } from "../graph/user-error.js";
import { isDate } from "../plan/dates.js";
import { EVERYTHING } from "../plan/select.js";
import type { ProjectOverrides } from "../project/compile/protocol.js";
import type { PlaceOptions } from "../session/choose-settings.js";
import type { PlanRequest } from "../session/plan-request.js";
import { optionText, requireOptions, strictly } from "./checked-options.js";

/** Which project, and where its warehouse is; what is left open is taken from `FASTBREAK_...` variables and fastbreak.json. */
export interface ProjectOptions {
  /** Folder with dataform.json; default: the working directory. */
  readonly projectDir?: string;
  /** Named defaults of fastbreak.json. */
  readonly environment?: string;
  /** Name of an engine. */
  readonly target?: string;
  /** The warehouse; a path is relative to the working directory. */
  readonly database?: string;
  /** Memory that the engine may use, as `4GB` or `50%`. */
  readonly memory?: string;
  readonly threads?: number;
  /** Actions that run at the same time. */
  readonly concurrency?: number;
  /** What the project is compiled with over its own settings. */
  readonly overrides?: ProjectOverrides;
}

/** Which partitions of which actions. */
export interface WorkRequest {
  /** Inclusive range of dates, `YYYY-MM-DD`; default: every partition. */
  readonly window?: { readonly from: string; readonly to: string };
  /** Selectors, united: `name`, `+name`, `name+`, `tag:t`, `path:folder`, `state:stale`, `git:ref`. */
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
  /** Build stale upstream partitions first; default: true. */
  readonly upstream?: boolean;
  /** Run every selected partition, whatever the state says; default: false. */
  readonly fullRefresh?: boolean;
}

const flag = v.optional(v.boolean("must be true or false"));
const number = v.optional(v.number("must be a number"));
const text = v.optional(optionText);
const texts = v.optional(v.array(v.string("must be a text"), "must be an array of texts"));

const overrides = v.strictObject(
  {
    defaultDatabase: text,
    defaultSchema: text,
    defaultLocation: text,
    assertionSchema: text,
    databaseSuffix: v.optional(v.string("must be a text")),
    schemaSuffix: v.optional(v.string("must be a text")),
    tablePrefix: v.optional(v.string("must be a text")),
    defaultReservation: text,
    disableAssertions: flag,
    vars: v.optional(v.record(v.string(), v.string("must be a text"), "must be an object")),
  } satisfies Record<keyof ProjectOverrides, unknown>,
  strictly,
);

const projectOptions = v.strictObject(
  {
    projectDir: text,
    environment: text,
    target: text,
    database: text,
    memory: text,
    threads: number,
    concurrency: number,
    overrides: v.optional(overrides),
  } satisfies Record<keyof ProjectOptions, unknown>,
  strictly,
);

const work = {
  window: v.optional(v.strictObject({ from: v.unknown(), to: v.unknown() }, strictly)),
  select: texts,
  exclude: texts,
  upstream: flag,
  fullRefresh: flag,
} satisfies Record<keyof WorkRequest, unknown>;
const workRequest = v.strictObject(work, strictly);
const runRequest = v.strictObject(
  { ...work, failFast: flag, onEvent: v.optional(v.function("must be a function")) },
  strictly,
);

/**
 * The options in the terms of a session.
 * @throws UserError that names the option which is wrong
 */
export function placeOptions(given: ProjectOptions): PlaceOptions {
  requireOptions(projectOptions, "openProject", given);
  const { threads, concurrency, ...options } = given;
  return { ...options, isShared: true, threads: threads?.toString(), concurrency: concurrency?.toString() };
}

/**
 * The request in the terms of a session.
 * @param call what was called with it
 * @throws UserError that names the field which is wrong; for a window of what are no dates, or that ends before it begins
 */
export function planRequest(call: "plan" | "run" | "verify", request: WorkRequest): PlanRequest {
  requireOptions(call === "run" ? runRequest : workRequest, call, request);
  const { window, select, exclude, upstream, fullRefresh } = request;
  if (window !== undefined) requireWindow(window);
  return {
    window,
    selection: { ...EVERYTHING, select: select ?? [], exclude: exclude ?? [] },
    force: fullRefresh ?? false,
    upstream: upstream ?? true,
  };
}

function requireWindow({ from, to }: NonNullable<WorkRequest["window"]>): void {
  for (const [name, date] of Object.entries({ from, to })) {
    if (typeof date !== "string" || !isDate(date))
      throw new UserError(`window.${name} ${date} is not a calendar date; write it as YYYY-MM-DD`);
  }
  if (from > to) throw new UserError(`window.from ${from} is after window.to ${to}`);
}
