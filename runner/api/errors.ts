import { classifyError, type FailureCode } from "../session/classify-error.js";

export type { FailureCode } from "../session/classify-error.js";

/**
 * What every function of the library throws where somebody outside fastbreak can mend the trouble. Anything else that is thrown is
 * a bug of fastbreak.
 *
 * @example
 * ```ts
 * try {
 *   await project.run();
 * } catch (cause) {
 *   if (cause instanceof FastbreakError && cause.code === "locked") await waitAndTryAgain();
 *   else throw cause;
 * }
 * ```
 */
export class FastbreakError extends Error {
  override readonly name = "FastbreakError";
  constructor(
    readonly code: FailureCode,
    /** The exit code that the command line ends with for it. */
    readonly exitCode: number,
    message: string,
    options: { readonly cause: unknown },
  ) {
    super(message, options);
  }
}

/** Does the work; what it throws for others to mend becomes a `FastbreakError`. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const failure = cause instanceof FastbreakError ? undefined : classifyError(cause);
    if (failure === undefined) throw cause;
    throw new FastbreakError(failure.code, failure.exitCode, failure.lines.join("\n"), { cause });
  }
}
