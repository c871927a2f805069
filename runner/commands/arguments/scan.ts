import { nearestName } from "../../port/nearest.js";
import { usageError } from "../exit.js";
import { MISSING_DATAFORM_FLAGS } from "./dataform-flags.js";
import type { Flags } from "./flags.js";

const NEGATIVE_NUMBER = /^-\d/;

/**
 * Refuses what a parser would guess about: flags that are not known, that stand twice, that lack their value or have one that
 * they do not take. What is left has one meaning.
 * @param isForeignAllowed flags that are not known belong to somebody else
 * @returns the arguments with every known flag written as the command names it
 * @throws CommandError with one line that names the flag
 */
export function scanArguments(args: readonly string[], flags: Flags, isForeignAllowed: boolean): readonly string[] {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const seen = new Map<string, string>();
  const scanned: string[] = [];
  for (let index = 0; index < own.length; index += 1) {
    const argument = own[index] ?? "";
    const written = isFlag(argument) ? writtenFlag(argument, flags) : undefined;
    if (written === undefined) {
      if (isFlag(argument) && !isForeignAllowed) throw unknownFlag(argument, flags);
      scanned.push(argument);
      continue;
    }
    const { name } = written;
    if (flags[name]?.kind === "switch") {
      const meaning = switched(written);
      if ((seen.get(name) ?? meaning) !== meaning)
        throw usageError(`--${name} is switched on and off; give one of both`);
      seen.set(name, meaning);
      scanned.push(`--${name}=${meaning}`);
      continue;
    }
    if (written.isNegated) throw unknownFlag(argument, flags);
    const next = own[index + 1];
    requireValue(written, next, flags, seen.has(name));
    seen.set(name, "");
    // Written together, so that no parser takes a value that begins with - for a flag.
    const follows = written.value === undefined && next !== undefined && !isFlag(next);
    const value = follows ? next : written.value;
    if (follows) index += 1;
    scanned.push(value === undefined ? `--${name}` : `--${name}=${value}`);
    if (flags[name]?.kind === "list") {
      // What follows a list up to the next flag belongs to it.
      for (let more = own[index + 1]; follows && more !== undefined && !isFlag(more); more = own[index + 1]) {
        scanned.push(`--${name}=${more}`);
        index += 1;
      }
    }
  }
  return end === -1 ? scanned : [...scanned, ...args.slice(end)];
}

interface WrittenFlag {
  readonly name: string;
  readonly isNegated: boolean;
  readonly value: string | undefined;
}

/** What `--schema-suffix=x`, `--schemaSuffix` or `--no-json` is written for; undefined: for no flag of the command. */
function writtenFlag(argument: string, flags: Flags): WrittenFlag | undefined {
  if (!argument.startsWith("--")) return undefined;
  const at = argument.indexOf("=");
  const given = kebab(argument.slice(2, at === -1 ? undefined : at));
  const name = Object.keys(flags).find((known) => flags[known]?.also?.includes(given)) ?? given;
  const value = at === -1 ? undefined : argument.slice(at + 1);
  if (Object.hasOwn(flags, name)) return { name, isNegated: false, value };
  const positive = name.startsWith("no-") ? name.slice("no-".length) : "";
  return Object.hasOwn(flags, positive) ? { name: positive, isNegated: true, value } : undefined;
}

function switched({ name, isNegated, value }: WrittenFlag): string {
  if (value === undefined) return String(!isNegated);
  if (isNegated || (value !== "true" && value !== "false"))
    throw usageError(`--${name} takes no value; leave out =${value}`);
  return value;
}

function requireValue({ name, value }: WrittenFlag, next: string | undefined, flags: Flags, isRepeated: boolean): void {
  const kind = flags[name]?.kind;
  if (isRepeated && (kind === "text" || kind === "optional"))
    throw usageError(`--${name} is given twice; give it once`);
  if (kind === "optional") return;
  const isMissing = value === undefined ? next === undefined || next === "" || isFlag(next) : value === "";
  if (!isMissing) return;
  const hint = value === undefined && next !== undefined && next !== "" ? `; ${next} is a flag` : "";
  throw usageError(`--${name} needs a value${hint}`);
}

function isFlag(argument: string): boolean {
  return argument.startsWith("-") && argument.length > 1 && !NEGATIVE_NUMBER.test(argument);
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function unknownFlag(argument: string, flags: Flags): Error {
  const written = argument.split("=", 1)[0] ?? argument;
  const dataform = kebab(written.slice(2));
  if (Object.hasOwn(MISSING_DATAFORM_FLAGS, dataform))
    return usageError(`--${dataform} of the Dataform CLI is not there; ${MISSING_DATAFORM_FLAGS[dataform]}`);
  const near = nearestName(written.replace(/^-+/, ""), [...Object.keys(flags), "help"]);
  const hint = near === undefined ? "see --help" : `did you mean --${near}?`;
  const shown = argument.length > 60 ? `${argument.slice(0, 60)}...` : argument;
  const isText = /\s/.test(argument) ? "; a text that begins with - goes behind --" : "";
  return usageError(`unknown option '${shown}'${isText}; ${hint}`);
}
