import { resolve } from "node:path";
import { parseArguments } from "./arguments/parse.js";
import type { CommandModule } from "./command.js";
import { EXIT } from "./exit.js";
import { reportError } from "./report-error.js";

/** Parses the arguments of one command and carries it out; errors become one line and an exit code. */
export async function runCommand(
  name: string,
  summary: string,
  command: CommandModule,
  args: readonly string[],
): Promise<number> {
  let projectDir = ".";
  try {
    const parsed = await parseArguments(name, summary, command, args);
    if (parsed.help !== undefined) {
      process.stdout.write(`${parsed.help}\n`);
      return EXIT.done;
    }
    projectDir = String(parsed.flags.projectDir ?? projectDir);
    return await command.execute(parsed);
  } catch (cause) {
    return reportError(cause, resolve(projectDir), args);
  }
}
