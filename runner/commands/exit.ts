import { EXIT } from "../session/exit-codes.js";

export { EXIT } from "../session/exit-codes.js";

/** Ends the command with one line on standard error. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** A mistake in flags, configuration or input: exit code 2. */
export function usageError(message: string): CommandError {
  return new CommandError(EXIT.usage, message);
}
