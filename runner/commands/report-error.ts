import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DialectError } from "../dialect/contract.js";
import { plainLine } from "../report/text.js";
import { CommandError, EXIT } from "./exit.js";

const USER_ERRORS: ReadonlySet<string> = new Set([
  "UserError",
  "SelectionError",
  "ProjectError",
  "LoadError",
  "DialectError",
]);

/**
 * Prints why a command ended, one line per finding and no stack trace for what a user can mend.
 * @returns the exit code
 */
export function reportError(cause: unknown, projectDir: string): number {
  if (!(cause instanceof Error)) return bug(String(cause));
  if (cause instanceof CommandError) return tell(cause.message, cause.exitCode);
  if (cause.name === "WarehouseError") return warehouseError(cause as Error & { code?: string }, projectDir);
  if (cause instanceof DialectError) return tell(`${cause.message} [at ${cause.line}:${cause.column}]`, EXIT.usage);
  if (USER_ERRORS.has(cause.name)) {
    for (const line of cause.message.split("\n")) tell(line, EXIT.usage);
    return EXIT.usage;
  }
  return bug(cause.stack ?? cause.message);
}

/** A database that another fastbreak run holds is a lock (4); held by anything else, or unusable, it is a usage error (2). */
function warehouseError(error: Error & { code?: string }, projectDir: string): number {
  switch (error.code) {
    case "locked": {
      const run = runningRun(projectDir, error.message);
      return run === undefined
        ? tell(error.message, EXIT.usage)
        : tell(`${error.message} (fastbreak ${run})`, EXIT.locked);
    }
    case "query":
    case "full":
      return tell(error.message, EXIT.failed);
    default:
      return tell(error.message, EXIT.usage);
  }
}

function runningRun(projectDir: string, message: string): string | undefined {
  const file = join(projectDir, ".fastbreak", "running.json");
  if (!existsSync(file)) return undefined;
  try {
    const running = JSON.parse(readFileSync(file, "utf8")) as { pid?: number; command?: string };
    return message.includes(`PID ${running.pid}`) ? running.command : undefined;
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
