import yargs, { type Argv, type Options } from "yargs";
import { wrapLine } from "../../report/text.js";
import type { CommandModule, Positional } from "../command.js";
import { usageError } from "../exit.js";
import type { FlagKind, Flags } from "./flags.js";
import { COMMON_FLAGS, IDLE_DATAFORM_FLAGS, OVERRIDE_FLAGS } from "./shared-flags.js";

/** The width that every help text fits. */
const COLUMNS = 80;

/** The help text of one command: its words, its flags in groups, and an example. */
export async function helpText(name: string, summary: string, command: CommandModule): Promise<string> {
  const positionals = command.positionals ?? [];
  const usage = ["fastbreak", name, ...positionals.map(shownPositional), "[options]"].join(" ");
  const width = Math.max(0, ...positionals.map((positional) => positional.name.length));
  const words = positionals.map((positional) => `  ${positional.name.padEnd(width)}  ${positional.describe}`);
  const below = [
    ...(command.notes ?? []).map((note) => wrapLine(note.replaceAll("\n", " "), COLUMNS - 1).join("\n")),
    [command.examples.length > 1 ? "Examples:" : "Example:", ...command.examples.map((line) => `  ${line}`)].join("\n"),
  ];
  return baseParser()
    .scriptName(`fastbreak ${name}`)
    .usage([`Usage: ${usage}`, "", summary, ...(words.length > 0 ? ["", ...words] : [])].join("\n"))
    .options(optionsOf(command.flags))
    .epilogue(below.join("\n\n"))
    .getHelp();
}

/** A parser with what holds for every use of it; it prints nothing and ends no process. */
export function baseParser(): Argv {
  return yargs()
    .detectLocale(false)
    .version(false)
    .help("help", "show this help")
    .exitProcess(false)
    .wrap(COLUMNS)
    .fail((message, error) => {
      throw error ?? usageError(message);
    });
}

/** The flags in the parser's own terms. */
export function optionsOf(flags: Flags): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      { ...OPTION_OF_KIND[flag.kind], describe: flag.describe, group: groupOf(name) },
    ]),
  );
}

/** The heading that a flag stands under in `--help`. */
function groupOf(name: string): string {
  if (Object.hasOwn(COMMON_FLAGS, name)) return "Everywhere:";
  if (Object.hasOwn(OVERRIDE_FLAGS, name)) return "Compiling:";
  return Object.hasOwn(IDLE_DATAFORM_FLAGS, name) ? "Of the Dataform CLI, without effect on duckdb:" : "Options:";
}

const OPTION_OF_KIND: Readonly<Record<FlagKind, Options>> = {
  switch: { type: "boolean" },
  text: { type: "string" },
  each: { type: "array", string: true },
  list: { type: "array", string: true },
  optional: { type: "string" },
};

function shownPositional({ name, required, many }: Positional): string {
  const shown = many ? `${name}...` : name;
  return required ? `<${shown}>` : `[${shown}]`;
}
