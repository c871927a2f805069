import { closest } from "fastest-levenshtein";
import type { CommandModule } from "./commands/command.js";

interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: CommandModule }>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  run: { summary: "decide and run", load: () => import("./commands/run.js") },
  plan: { summary: "show the decisions and their evidence, run nothing", load: () => import("./commands/plan.js") },
  explain: {
    summary: "why a model would run or be skipped, with every hash",
    load: () => import("./commands/explain.js"),
  },
  verify: {
    summary: "rebuild a window aside and compare every fingerprint",
    load: () => import("./commands/verify.js"),
  },
  breaker: { summary: "list circuit breakers, or reset them", load: () => import("./commands/breaker.js") },
  gate: { summary: "is a date ready? exit code and reasons", load: () => import("./commands/gate.js") },
  compile: {
    summary: "print the compiled graph, as dataform compile does",
    load: () => import("./commands/compile.js"),
  },
  check: {
    summary: "find mistakes in the SQL of every model, without running it",
    load: () => import("./commands/check.js"),
  },
  test: { summary: "run the project's unit tests on DuckDB in memory", load: () => import("./commands/test.js") },
  query: { summary: "run GoogleSQL on the warehouse and print the rows", load: () => import("./commands/query.js") },
  load: { summary: "load raw data: 'load sample' or 'load files DIR'", load: () => import("./commands/load.js") },
};

/**
 * The binary: finds the command, loads it alone, and leaves the parsing of its arguments to it.
 * @param args the arguments behind the program's name
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    process.stdout.write(`${helpText()}\n`);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-V") {
    const { VERSION } = await import("./version.js");
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) {
    const what = name.startsWith("-") ? "option" : "command";
    process.stderr.write(
      `fastbreak: unknown ${what} ${name}; did you mean ${closest(name, Object.keys(COMMANDS))}? See fastbreak --help\n`,
    );
    return 2;
  }
  const [{ command }, { runCommand }] = await Promise.all([entry.load(), import("./commands/run-command.js")]);
  return runCommand(name, entry.summary, command, rest);
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
