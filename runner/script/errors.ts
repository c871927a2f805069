import type { DialectError } from "../dialect/contract.js";
import { runtimeMessage } from "../dialect/runtime-error.js";
import { StatementError, WarehouseError } from "../warehouse/port.js";

/** A script that failed while it ran; the message is what `@@error.message` shows. */
export class ScriptError extends StatementError {
  constructor(
    message: string,
    /** 1-based, as the offset in the text that was given to run. */
    readonly line: number,
    readonly column: number,
    offset: number,
    readonly statementText: string,
    /** Where it happened in the procedures and executed texts that led to it. */
    readonly trace = "",
  ) {
    super(message, offset);
  }

  /** The error as the user of a script sees it who knows no file. */
  located(): WarehouseError {
    return new WarehouseError("query", `${this.message}${this.trace} [at ${this.line}:${this.column}]`);
  }

  static of(error: ScriptError | DialectError): ScriptError {
    if (error instanceof ScriptError) return error;
    return new ScriptError(error.message, error.line, error.column, error.span.start, "");
  }
}

/** What the engine says of a failed statement, in BigQuery's words where it has words. */
export function failureMessage(engineMessage: string): string {
  return runtimeMessage(engineMessage)
    .replace(/^Schema with name "?([^"\s]+?)"? does not exist.*$/, "Not found: Dataset $1")
    .replace(/^(?:Table|View) with name "([^"]+)" already exists.*$/, "Already Exists: Table $1")
    .replace(/^(?:Table|View) with name "?(\S+?)"? does not exist.*$/, "Not found: Table $1");
}
