/**
 * What kind of trouble an engine tells of; it decides the exit code and whether trying again helps.
 * `sql`: the text itself is wrong or not supported; `query`: running it failed; `data`: a value does not fit its column;
 * `refused`: a limit of the user forbids it; `conflict`: another transaction won, the same work may succeed; `locked`: somebody else holds the warehouse;
 * `full`, `memory`: the machine, or what the user allows of it, does not suffice, whatever the work is.
 */
export type EngineErrorCode =
  | "sql"
  | "query"
  | "data"
  | "refused"
  | "conflict"
  | "locked"
  | "missing"
  | "corrupt"
  | "newer_version"
  | "newer_state"
  | "full"
  | "memory";

/** Where in a text, and with whom, an engine failed; each field is known or undefined. */
export interface EngineErrorDetails {
  /** Character of the text that was given to the engine. */
  readonly offset?: number | undefined;
  /** 1-based, of the same place. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** How procedures and executed texts led to the place, to be shown behind the message. */
  readonly trace?: string | undefined;
  /** A function of the user, written in JavaScript, that failed while it ran, and the 1-based line of its body. */
  readonly frame?: { readonly functionName: string; readonly line: number | undefined } | undefined;
  /** Id of the engine's job, where it has jobs. */
  readonly job?: string | undefined;
  /** Id of the process that holds the warehouse. */
  readonly holder?: number | undefined;
}

/** Whether somebody else holds the warehouse. */
export function isLocked(cause: unknown): cause is EngineError {
  return cause instanceof EngineError && cause.code === "locked";
}

/** What an engine refused or could not do, in one line for the user and in the same form on every engine. */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
  readonly offset: number | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly trace: string;
  readonly frame: EngineErrorDetails["frame"];
  readonly job: string | undefined;
  readonly holder: number | undefined;

  constructor(
    readonly code: EngineErrorCode,
    message: string,
    details: EngineErrorDetails = {},
  ) {
    super(message);
    this.offset = details.offset;
    this.line = details.line;
    this.column = details.column;
    this.trace = details.trace ?? "";
    this.frame = details.frame;
    this.job = details.job;
    this.holder = details.holder;
  }
}

/** Whether something failed because another transaction won, also where somebody has told its place since: the same work may succeed. */
export function isConflict(error: unknown): boolean {
  if (error instanceof EngineError) return error.code === "conflict";
  return error instanceof Error && isConflict(error.cause);
}
