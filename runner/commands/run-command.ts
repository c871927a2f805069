import { resolve } from "node:path";
import { Command, CommanderError } from "commander";
import type { CommandModule } from "./command.js";
import { EXIT } from "./exit.js";
import { reportError } from "./report-error.js";

/** Parses the arguments of one command and carries it out; errors become one line and an exit code. */
export async function runCommand(
  name: string,
  summary: string,
  module: CommandModule,
  args: readonly string[],
): Promise<number> {
  const command = new Command(`fastbreak ${name}`)
    .description(summary)
    .option("--project-dir <dir>", "folder with dataform.json", ".")
    .option("--target <engine>", "duckdb or bigquery; default: duckdb")
    .option("--database <file>", "the embedded warehouse; default: .fastbreak/warehouse.duckdb in the project")
    .option("--json", "one JSON document on standard output and nothing else")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, "fastbreak: ").replace(/\n\((.*)\)\n$/, "; $1\n")),
    });
  module.configure(command);
  try {
    command.parse([...args], { from: "user" });
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? EXIT.done : EXIT.usage;
    throw cause;
  }
  try {
    return await module.execute(command);
  } catch (cause) {
    return reportError(cause, resolve(command.opts<{ projectDir: string }>().projectDir));
  }
}
