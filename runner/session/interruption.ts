import { rmSync } from "node:fs";
import { join } from "node:path";

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof SIGNALS;

/** Longer than this nobody waits who has asked a run to stop, in milliseconds. */
const PATIENCE = 900;

/** Listens for the wish to stop while a command works. */
export interface Interruption {
  /** Aborted, with the signal's name as its reason, when somebody wants to stop. */
  readonly signal: AbortSignal;
  /** The exit code of a command that was stopped; undefined: nobody wants to stop. */
  exitCode(): number | undefined;
  /** From now on there is something that must be ended in order. */
  workBegins(): void;
  stop(): void;
}

/**
 * Stops in order on the first Ctrl-C or SIGTERM: who works sees it in `signal`, rolls back and tells what stands. Before work has begun, on
 * a second signal and when it takes too long the process ends at once: what is not committed is then gone all the same.
 */
export function listenForInterruption(projectDir: () => string | undefined): Interruption {
  const controller = new AbortController();
  let asked: Signal | undefined;
  let hasBegun = false;
  const end = (signal: Signal, text: string): never => {
    const dir = projectDir();
    if (dir !== undefined && hasBegun) rmSync(join(dir, ".fastbreak", "running.json"), { force: true });
    process.stderr.write(`fastbreak: ${text}\n`);
    process.exit(SIGNALS[signal]);
  };
  const onSignal = (signal: Signal): void => {
    if (!hasBegun) end(signal, "interrupted before anything ran");
    if (asked !== undefined) end(signal, ENDED);
    asked = signal;
    controller.abort(signal);
    setTimeout(() => end(signal, ENDED), PATIENCE).unref();
  };
  for (const name of Object.keys(SIGNALS)) process.on(name, onSignal);
  return {
    signal: controller.signal,
    exitCode: () => (asked === undefined ? undefined : SIGNALS[asked]),
    workBegins() {
      hasBegun = true;
    },
    stop() {
      for (const name of Object.keys(SIGNALS)) process.off(name, onSignal);
    },
  };
}

/** What a command says that was stopped. */
export const ENDED = "interrupted; what was published stands, the rest was rolled back; the next run continues";
