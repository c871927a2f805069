import { EngineError, type EngineErrorCode } from "../port/engine-error.js";
import { systemReason } from "../port/system-error.js";
import { EXIT } from "./exit-codes.js";

/**
 * What kind of trouble ended a piece of work. `usage`: what was asked for makes no sense; `project`: the project or its settings
 * are wrong; `selection`: it matches nothing; `load`: damaged input; `loader`: a loader's own code failed; `refused`: an open circuit breaker; `system`: the operating
 * system refused something; the others are the engine's.
 */
export type FailureCode =
  | "usage"
  | "project"
  | "selection"
  | "load"
  | "loader"
  | "refused"
  | "system"
  | EngineErrorCode;

/** A failure that somebody outside fastbreak can mend, in lines for a user. */
export interface Failure {
  readonly code: FailureCode;
  readonly exitCode: number;
  /** One line a finding. */
  readonly lines: readonly string[];
}

/** Errors are told apart by name, because a loader's package may bring a copy of the class with it. */
const BY_NAME: Readonly<Record<string, readonly [FailureCode, number]>> = {
  UserError: ["usage", EXIT.usage],
  ProjectError: ["project", EXIT.usage],
  SelectionError: ["selection", EXIT.usage],
  LoadError: ["load", EXIT.usage],
  LocatedError: ["query", EXIT.failed],
  LoaderFailure: ["loader", EXIT.failed],
  BreakerOpenError: ["refused", EXIT.refused],
};

const ENGINE_EXITS: Readonly<Record<EngineErrorCode, number>> = {
  sql: EXIT.usage,
  query: EXIT.failed,
  data: EXIT.usage,
  refused: EXIT.refused,
  conflict: EXIT.failed,
  locked: EXIT.locked,
  missing: EXIT.usage,
  corrupt: EXIT.stateUnreadable,
  newer_version: EXIT.stateUnreadable,
  newer_state: EXIT.stateUnreadable,
  full: EXIT.failed,
  memory: EXIT.failed,
};

/** What an error means to a user; undefined: it is a bug of fastbreak. */
export function classifyError(cause: unknown): Failure | undefined {
  if (!(cause instanceof Error)) return undefined;
  if (cause instanceof EngineError) {
    const { code, line, column, message } = cause;
    const place = code === "sql" && line !== undefined ? ` [at ${line}:${column}]` : "";
    return { code, exitCode: ENGINE_EXITS[code], lines: [`${message}${place}`] };
  }
  const known = Object.hasOwn(BY_NAME, cause.name) ? BY_NAME[cause.name] : undefined;
  if (known !== undefined) {
    const [code, exitCode] = known;
    // Other messages may hold a line break that somebody wrote into a name.
    const lines = code === "project" || code === "usage" ? cause.message.split("\n") : [cause.message];
    return { code, exitCode, lines };
  }
  const reason = systemReason(cause);
  if (reason === undefined) return undefined;
  const { path } = cause as NodeJS.ErrnoException;
  return { code: "system", exitCode: EXIT.failed, lines: [path === undefined ? reason : `${path}: ${reason}`] };
}
