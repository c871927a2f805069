import { UserError } from "../graph/user-error.js";
import { isDate } from "../plan/dates.js";
import { EVERYTHING } from "../plan/select.js";
import type { ProjectOverrides } from "../project/compile/protocol.js";
import type { PlaceOptions } from "../session/choose-settings.js";
import type { PlanRequest } from "../session/plan-request.js";

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

/** The options in the terms of a session. */
export function placeOptions({ threads, concurrency, ...options }: ProjectOptions): PlaceOptions {
  return { ...options, isShared: true, threads: threads?.toString(), concurrency: concurrency?.toString() };
}

/**
 * The request in the terms of a session.
 * @throws UserError for a window of what are no dates, or that ends before it begins
 */
export function planRequest({ window, select, exclude, upstream, fullRefresh }: WorkRequest): PlanRequest {
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
