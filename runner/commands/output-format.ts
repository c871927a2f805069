import { usageError } from "./exit.js";
import { windowOf } from "./window.js";

/**
 * The form that `--output` and `--json` ask for together.
 * @throws CommandError where they contradict each other
 */
export function formatOf<F extends string>(options: {
  readonly output: F | undefined;
  readonly json: boolean;
}): F | "json" | "text" {
  const { output, json } = options;
  if (json && output !== undefined && output !== "json")
    throw usageError(`--json and --output ${output} are two forms; give one of both`);
  return json ? "json" : (output ?? "text");
}

/** The dates that the flags give, written as flags again. */
export function windowFlagsOf(options: Parameters<typeof windowOf>[0]): string {
  const window = windowOf(options);
  if (window === undefined) return "";
  return window.from === window.to ? ` --date ${window.from}` : ` --from ${window.from} --to ${window.to}`;
}
