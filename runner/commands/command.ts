import type { Flags, Given } from "./arguments/flags.js";

/** A word that stands behind the command's name. */
export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly required?: boolean;
  /** Takes all words that are left. */
  readonly many?: boolean;
}

/** What a user gave to a command. */
export interface Invocation<F extends Flags> {
  readonly flags: Given<F>;
  /** The words behind the command's name, in order. */
  readonly words: readonly string[];
}

/** One command: its arguments, and what it does with them. */
export interface Command<F extends Flags> {
  readonly positionals?: readonly Positional[];
  readonly flags: F;
  /** Flags that the command does not know are words: they belong to somebody else. */
  readonly passesUnknownFlags?: boolean;
  /** Sentences below the flags in `--help`. */
  readonly notes?: readonly string[];
  /** Whole command lines for `--help`. */
  readonly examples: readonly string[];
  /** Carries the command out; the exit code. */
  execute(invocation: Invocation<F>): Promise<number>;
}

/** A command of any flags, as the parser sees it. */
export interface CommandModule extends Omit<Command<Flags>, "execute"> {
  execute(invocation: {
    readonly flags: Readonly<Record<string, unknown>>;
    readonly words: readonly string[];
  }): Promise<number>;
}

/** Ties what a command does to the types of its flags. */
export function defineCommand<const F extends Flags>(command: Command<F>): CommandModule {
  // The parser fills `flags` from exactly these specifications.
  return { ...command, execute: ({ flags, words }) => command.execute({ flags: flags as Given<F>, words }) };
}
