import yargs, { type Argv, type Options } from "yargs";
import type { CommandModule, Positional } from "../command.js";
import { usageError } from "../exit.js";
import type { Flag, Flags } from "./flags.js";
import { scanArguments } from "./scan.js";
import { COMMON_FLAGS, IDLE_DATAFORM_FLAGS, OVERRIDE_FLAGS } from "./shared-flags.js";

/** The width that every help text fits. */
const COLUMNS = 80;

/** Arguments that were understood, or the help text that was asked for. */
export type Parsed =
  | { readonly help: string }
  | { readonly help: undefined; readonly flags: Readonly<Record<string, unknown>>; readonly words: readonly string[] };

/**
 * Parses the arguments of one command.
 * @throws CommandError with one line that says which argument is wrong
 */
export async function parseArguments(
  name: string,
  summary: string,
  command: CommandModule,
  args: readonly string[],
): Promise<Parsed> {
  const { flags } = command;
  const parser = commandParser(name, summary, command);
  if (asksForHelp(args)) return { help: await parser.getHelp() };
  const isForeignAllowed = command.passesUnknownFlags ?? false;
  const parsed = await parser.parseAsync([...scanArguments(args, flags, isForeignAllowed)]);
  const words = [...parsed._, ...((parsed["--"] as string[] | undefined) ?? [])].map(String);
  checkWords(name, words, command.positionals ?? []);
  const given = Object.entries(flags).map(([flag, { read }]) => {
    const texts = [(parsed as Readonly<Record<string, unknown>>)[flag]].flat().filter((text) => text !== undefined);
    return [camel(flag), read(texts.map(String), `--${flag}`)] as const;
  });
  return { help: undefined, flags: Object.fromEntries(given), words };
}

/** A parser that knows the flags of one command; it prints nothing and ends no process. */
function commandParser(name: string, summary: string, command: CommandModule): Argv {
  const positionals = command.positionals ?? [];
  const usage = ["fastbreak", name, ...positionals.map(shownPositional), "[options]"].join(" ");
  const width = Math.max(0, ...positionals.map((positional) => positional.name.length));
  const words = positionals.map((positional) => `  ${positional.name.padEnd(width)}  ${positional.describe}`);
  const below = [
    ...(command.notes ?? []),
    [command.examples.length > 1 ? "Examples:" : "Example:", ...command.examples.map((line) => `  ${line}`)].join("\n"),
  ];
  return baseParser()
    .scriptName(`fastbreak ${name}`)
    .usage([`Usage: ${usage}`, "", summary, ...(words.length > 0 ? ["", ...words] : [])].join("\n"))
    .options(optionsOf(command.flags))
    .parserConfiguration({
      // A flag may itself be called no-...; the scan has written every other --no-NAME as --NAME=false.
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "populate--": true,
      "unknown-options-as-args": command.passesUnknownFlags ?? false,
    })
    .epilogue(below.join("\n\n"));
}

/** A parser with what holds for every use of it. */
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

const OPTION_OF_KIND: Readonly<Record<Flag<unknown>["kind"], Options>> = {
  switch: { type: "boolean" },
  text: { type: "string" },
  each: { type: "array", string: true, nargs: 1 },
  list: { type: "array", string: true },
  optional: { type: "string" },
};

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).some((argument) => argument === "--help" || argument === "-h");
}

function checkWords(name: string, words: readonly string[], positionals: readonly Positional[]): void {
  const missing = positionals.find(({ required }, index) => required && (words[index] ?? "") === "");
  if (missing !== undefined) throw usageError(`${name} needs a ${missing.name}; see fastbreak ${name} --help`);
  const isOpen = positionals.at(-1)?.many ?? false;
  const extra = words[positionals.length];
  if (extra !== undefined && !isOpen)
    throw usageError(
      positionals.length === 0
        ? `${name} takes no argument, but here is ${extra}; see fastbreak ${name} --help`
        : `${name} takes only ${positionals.map((positional) => positional.name).join(" and ")}, but here is ${extra} too`,
    );
}

function shownPositional({ name, required, many }: Positional): string {
  const shown = many ? `${name}...` : name;
  return required ? `<${shown}>` : `[${shown}]`;
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
