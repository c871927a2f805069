import type { DialectError } from "../dialect/contract.js";
import { runtimeMessage } from "../dialect/runtime-error.js";
import { WarehouseError } from "../warehouse/port.js";

/** A script that failed while it ran; the message is what `@@error.message` shows. */
export class ScriptError extends WarehouseError {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
    readonly statementText: string,
    /** Where it happened in the procedures and executed texts that led to it. */
    readonly trace = "",
  ) {
    super("query", message);
  }

  /** The error as the user of the script sees it. */
  located(): WarehouseError {
    return new WarehouseError("query", `${this.message}${this.trace} [at ${this.line}:${this.column}]`);
  }

  static of(error: ScriptError | DialectError): ScriptError {
    return error instanceof ScriptError ? error : new ScriptError(error.message, error.line, error.column, "");
  }

  /** An error that the engine cannot go on from inside the runner's own transaction. */
  static unhandled(error: ScriptError | DialectError): ScriptError {
    const own = ScriptError.of(error);
    const reason = "EXCEPTION cannot handle it here, because the statement has undone the transaction of the run";
    return new ScriptError(`${own.message} (${reason})`, own.line, own.column, own.statementText);
  }
}

/** What the engine says of a failed statement, in BigQuery's words where it has words. */
export function failureMessage(engineMessage: string): string {
  return runtimeMessage(engineMessage)
    .replace(/^Schema with name "?([^"\s]+?)"? does not exist.*$/, "Not found: Dataset $1")
    .replace(/^(?:Table|View) with name "([^"]+)" already exists.*$/, "Already Exists: Table $1")
    .replace(/^(?:Table|View) with name "?(\S+?)"? does not exist.*$/, "Not found: Table $1");
}
