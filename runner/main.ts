import { closest } from "fastest-levenshtein";
import { COMMANDS, commandNamed } from "./commands/registry.js";
import { guardStreams } from "./commands/streams.js";

/**
 * The binary: finds the command, loads it alone, and leaves the parsing of its arguments to it.
 * @param args the arguments behind the program's name
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  guardStreams();
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    (name === undefined ? process.stderr : process.stdout).write(`${helpText()}\n`);
    return name === undefined ? 2 : 0;
  }
  if (name === "help") return main([...rest, "--help"]);
  if (name === "--version" || name === "-V") {
    const { VERSION } = await import("./version.js");
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (name === "--get-yargs-completions") {
    const { completions } = await import("./commands/arguments/completions.js");
    process.stdout.write((await completions(rest)).map((line) => `${line}\n`).join(""));
    return 0;
  }
  const entry = commandNamed(name);
  if (entry === undefined) {
    const { writeLines } = await import("./report/text.js");
    writeLines(process.stderr, [`fastbreak: ${unknownName(name)}; see fastbreak --help`]);
    return 2;
  }
  const [{ command }, { runCommand }] = await Promise.all([entry.load(), import("./commands/run-command.js")]);
  return runCommand(name, entry.summary, command, rest);
}

function unknownName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not reach the terminal
  const shown = name.slice(0, 60).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
  if (name.startsWith("-")) return `unknown option '${shown}' before the command; options stand behind it`;
  if (name.trim() === "") return "the command is an empty text; give a command";
  return `unknown command ${shown}; did you mean ${closest(name, Object.keys(COMMANDS))}?`;
}

function helpText(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  return [
    "fastbreak runs a Dataform project and does only the work that changed.",
    "",
    "Usage: fastbreak <command> [options]",
    "",
    ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "fastbreak <command> --help shows the options of a command, with an example.",
  ].join("\n");
}
