import { EngineError } from "../port/engine-error.js";
import { plainLine, writeLines } from "../report/text.js";
import { classifyError } from "../session/classify-error.js";
import { readRunning } from "../session/running.js";
import { CommandError, EXIT } from "./exit.js";

/**
 * Prints why a command ended, one line per finding and no stack trace for what a user can mend.
 * @param args the command line, which messages may quote
 * @returns the exit code
 */
export function reportError(cause: unknown, projectDir: string, args: readonly string[] = []): number {
  if (cause instanceof CommandError) return tell(cause.message, cause.exitCode);
  const failure = classifyError(cause);
  if (failure === undefined && lacksOwnFile(cause)) return tell(REPLACED, EXIT.bug);
  if (failure === undefined) return bug(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  // Who holds the warehouse and is a command of fastbreak has left its name.
  const run = cause instanceof EngineError ? runningCommand(projectDir, cause) : undefined;
  if (run !== undefined) return tell(`${failure.lines[0]} (fastbreak ${run})`, failure.exitCode);
  for (const line of findings(failure.lines, args)) tell(line, failure.exitCode);
  return failure.exitCode;
}

const REPLACED =
  "files of fastbreak itself are gone: it was upgraded or removed while it ran, or the installation is damaged; run it again, or install it again";

/** Parts of the program are loaded when they are needed, by names that change with every build. */
function lacksOwnFile(cause: unknown): boolean {
  if (!(cause instanceof Error) || !("code" in cause) || cause.code !== "ERR_MODULE_NOT_FOUND") return false;
  const missing = "url" in cause && typeof cause.url === "string" ? cause.url : "";
  return missing.startsWith(new URL("./", import.meta.url).href);
}

/** The findings; a line break that somebody wrote into an argument begins no new one. */
function findings(lines: readonly string[], args: readonly string[]): string[] {
  const broken = args.filter((argument) => argument.includes("\n"));
  const text = broken.reduce((all, argument) => all.replaceAll(argument, plainLine(argument)), lines.join("\n"));
  return text.split("\n");
}

function runningCommand(projectDir: string, { code, holder }: EngineError): string | undefined {
  if (code !== "locked" || holder === undefined) return undefined;
  const running = readRunning(projectDir);
  return running?.pid === holder ? running.command : undefined;
}

function tell(message: string, exitCode: number): number {
  writeLines(process.stderr, [`fastbreak: ${plainLine(message)}`]);
  return exitCode;
}

function bug(detail: string): number {
  process.stderr.write(`fastbreak: internal error, please report it:\n${detail}\n`);
  return EXIT.bug;
}
