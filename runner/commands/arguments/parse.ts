import parse from "yargs-parser";
import type { CommandModule, Positional } from "../command.js";
import { usageError } from "../exit.js";
import type { FlagKind, Flags } from "./flags.js";
import { scanArguments } from "./scan.js";

/** Arguments that were understood, or the help text that was asked for. */
export type Parsed =
  | { readonly help: string }
  | { readonly help: undefined; readonly flags: Readonly<Record<string, unknown>>; readonly words: readonly string[] };

/**
 * Parses the arguments of one command with yargs' parser; the rest of yargs, which is most of it, is loaded for help alone.
 * @throws CommandError with one line that says which argument is wrong
 */
export async function parseArguments(
  name: string,
  summary: string,
  command: CommandModule,
  args: readonly string[],
): Promise<Parsed> {
  const { flags } = command;
  if (asksForHelp(args)) {
    const { helpText } = await import("./help.js");
    return { help: await helpText(name, summary, command) };
  }
  const isForeignAllowed = command.passesUnknownFlags ?? false;
  const parsed = parse([...scanArguments(args, flags, isForeignAllowed)], {
    boolean: namesOf(flags, "switch"),
    string: namesOf(flags, "text", "optional"),
    array: namesOf(flags, "each", "list").map((key) => ({ key, string: true as const })),
    configuration: {
      // A flag may itself be called no-...; the scan has written every other --no-NAME as --NAME=false.
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      // The scan has written every value to its flag.
      "greedy-arrays": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "populate--": true,
      "unknown-options-as-args": isForeignAllowed,
    },
  }) as { readonly _: readonly unknown[]; readonly "--"?: readonly unknown[]; readonly [flag: string]: unknown };
  const words = [...parsed._, ...(parsed["--"] ?? [])].map(String);
  checkWords(name, words, command.positionals ?? []);
  const given = Object.entries(flags).map(([flag, { read }]) => {
    const texts = [parsed[flag]].flat().filter((text) => text !== undefined);
    return [camelCase(flag), read(texts.map(String), `--${flag}`)] as const;
  });
  return { help: undefined, flags: Object.fromEntries(given), words };
}

/** `schemaSuffix` for `schema-suffix`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function namesOf(flags: Flags, ...kinds: readonly FlagKind[]): string[] {
  return Object.entries(flags).flatMap(([name, { kind }]) => (kinds.includes(kind) ? [name] : []));
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).some((argument) => argument === "--help" || argument === "-h");
}

function checkWords(name: string, words: readonly string[], positionals: readonly Positional[]): void {
  const missing = positionals.find(({ required }, index) => required && (words[index] ?? "") === "");
  if (missing !== undefined) throw usageError(`${name} needs a ${missing.name}; see fastbreak ${name} --help`);
  const isOpen = positionals.at(-1)?.many ?? false;
  const extra = words[positionals.length];
  if (extra === undefined || isOpen) return;
  throw usageError(
    positionals.length === 0
      ? `${name} takes no argument, but here is ${extra}; see fastbreak ${name} --help`
      : `${name} takes only ${positionals.map((positional) => positional.name).join(" and ")}, but here is ${extra} too`,
  );
}
