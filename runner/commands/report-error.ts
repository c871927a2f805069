import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, type EngineErrorCode } from "../port/engine-error.js";
import { plainLine } from "../report/text.js";
import { CommandError, EXIT } from "./exit.js";

const USER_ERRORS: ReadonlySet<string> = new Set(["UserError", "SelectionError", "ProjectError", "LoadError"]);

const ENGINE_EXITS: Readonly<Record<EngineErrorCode, number>> = {
  sql: EXIT.usage,
  query: EXIT.failed,
  data: EXIT.usage,
  conflict: EXIT.failed,
  locked: EXIT.usage,
  missing: EXIT.usage,
  corrupt: EXIT.stateUnreadable,
  newer_version: EXIT.stateUnreadable,
  newer_state: EXIT.stateUnreadable,
  full: EXIT.failed,
};

/**
 * Prints why a command ended, one line per finding and no stack trace for what a user can mend.
 * @returns the exit code
 */
export function reportError(cause: unknown, projectDir: string): number {
  if (!(cause instanceof Error)) return bug(String(cause));
  if (cause instanceof CommandError) return tell(cause.message, cause.exitCode);
  if (cause instanceof EngineError) return engineError(cause, projectDir);
  if (USER_ERRORS.has(cause.name)) {
    for (const line of cause.message.split("\n")) tell(line, EXIT.usage);
    return EXIT.usage;
  }
  return bug(cause.stack ?? cause.message);
}

/** A warehouse that another fastbreak run holds is a lock (4); held by anything else it is a usage error (2). */
function engineError(error: EngineError, projectDir: string): number {
  const { code, line, column, message, holder } = error;
  const run = code === "locked" ? runningCommand(projectDir, holder) : undefined;
  if (run !== undefined) return tell(`${message} (fastbreak ${run})`, EXIT.locked);
  const place = code === "sql" && line !== undefined ? ` [at ${line}:${column}]` : "";
  return tell(`${message}${place}`, ENGINE_EXITS[code]);
}

function runningCommand(projectDir: string, holder: number | undefined): string | undefined {
  const file = join(projectDir, ".fastbreak", "running.json");
  if (holder === undefined || !existsSync(file)) return undefined;
  try {
    const running = JSON.parse(readFileSync(file, "utf8")) as { pid?: number; command?: string };
    return running.pid === holder ? running.command : undefined;
  } catch {
    return undefined;
  }
}

function tell(message: string, exitCode: number): number {
  process.stderr.write(`fastbreak: ${plainLine(message)}\n`);
  return exitCode;
}

function bug(detail: string): number {
  process.stderr.write(`fastbreak: internal error, please report it:\n${detail}\n`);
  return EXIT.bug;
}
