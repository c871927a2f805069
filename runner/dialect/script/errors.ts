import type { DialectError } from "../../googlesql/contract.js";
import { EngineError, type EngineErrorCode } from "../../port/engine-error.js";
import { runtimeMessage } from "../runtime-error.js";

/** A place that led to an error: in the text of a script, or in the procedure that is named. */
export interface ErrorPlace {
  readonly line: number;
  readonly column: number;
  readonly location: string | undefined;
}

/** A script that failed while it ran; the message is what `@@error.message` shows. */
export class ScriptError extends EngineError {
  constructor(
    message: string,
    /** 1-based, as the offset in the text that was given to run. */
    override readonly line: number,
    override readonly column: number,
    override readonly offset: number,
    readonly statementText: string,
    trace = "",
    /** The places within procedures and executed texts that it came from, the innermost first. */
    readonly within: readonly ErrorPlace[] = [],
    code: EngineErrorCode = "query",
  ) {
    super(code, message, { offset, line, column, trace });
  }

  /** Every place that it came from, the innermost first. */
  get places(): readonly ErrorPlace[] {
    const { line, column } = this;
    return [...this.within, { line, column, location: undefined }];
  }

  /** The error as the user of a script sees it who knows no file. */
  located(): EngineError {
    return new EngineError(this.code, `${this.message}${this.trace} [at ${this.line}:${this.column}]`);
  }

  static of(error: ScriptError | DialectError): ScriptError {
    if (error instanceof ScriptError) return error;
    const { message, line, column, span } = error;
    return new ScriptError(message, line, column, span.start, WRONG_STATEMENTS.get(error) ?? "");
  }
}

/** The text of the statement that an error was found in before it ran. */
const WRONG_STATEMENTS = new WeakMap<DialectError, string>();

/** The same error with its statement: the innermost one, which hears of it first. */
export function inStatement(error: DialectError, text: string): DialectError {
  if (!WRONG_STATEMENTS.has(error)) WRONG_STATEMENTS.set(error, text);
  return error;
}

/**
 * What the engine says of a failed statement, in BigQuery's words where it has words.
 * @param object the relation or dataset that the statement makes, changes or drops
 */
export function failureMessage(engineMessage: string, object: string | undefined): string {
  const message = runtimeMessage(engineMessage);
  for (const [pattern, words] of ENGINE_MESSAGES) {
    const match = pattern.exec(message);
    if (match !== null) return words(object ?? match[1] ?? "", match[1] ?? "");
  }
  return message;
}

const ENGINE_MESSAGES: readonly (readonly [RegExp, (object: string, named: string) => string])[] = [
  [/^Schema with name "?([^"\s]+?)"? does not exist/, (_, dataset) => `Not found: Dataset ${dataset}`],
  [/^Schema with name "?([^"\s]+?)"? already exists/, (_, dataset) => `Already Exists: Dataset ${dataset}`],
  [
    /^Cannot drop entry "([^"]+)" because there are entries that depend on it/,
    (object) => `Dataset ${object} is still in use`,
  ],
  [/^(?:Table|View) with name "([^"]+)" already exists/, (object) => `Already Exists: Table ${object}`],
  [/^(?:Table|View) with name "?(\S+?)"? does not exist/, (object) => `Not found: Table ${object}`],
  [/^Could not rename "[^"]+" to "([^"]+)": another entry/, (_, name) => `Already Exists: Table ${name}`],
  [
    /^Existing object \S+ is of type (View|Table|Macro), trying to/,
    (object, kind) => `${object} is not allowed for this operation because it is currently a ${kind.toUpperCase()}.`,
  ],
  [/^NOT NULL constraint failed: (?:\S+\.)?(\S+)$/, (_, column) => `Required field ${column} cannot be null`],
];
