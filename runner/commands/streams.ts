import { systemReason } from "../port/system-error.js";
import { EXIT } from "./exit.js";

let isGuarded = false;

/**
 * Keeps an output that is closed or full from ending the process with a stack trace. A reader that has gone is no failure: work
 * that has begun is done, only nobody reads of it.
 */
export function guardStreams(): void {
  if (isGuarded) return;
  isGuarded = true;
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
    if (cause.code === "EPIPE" || cause.code === "ERR_STREAM_DESTROYED") return;
    process.stderr.write(`fastbreak: standard output cannot be written: ${systemReason(cause) ?? cause.message}\n`);
    process.exitCode = EXIT.failed;
  });
}
