import { usageError } from "../exit.js";

/**
 * `switch`: on or off; `text`: takes one value; `each`: takes one value and may be repeated; `list`: takes one value or more and
 * may be repeated; `optional`: takes a value or none.
 */
export type FlagKind = "switch" | "text" | "each" | "list" | "optional";

/** One flag of a command, and the type of what a user gives with it. */
export interface Flag<T> {
  readonly kind: FlagKind;
  /** One line for `--help`. */
  readonly describe: string;
  /** Other names that mean the same flag. */
  readonly also?: readonly string[];
  /** What the flag's texts mean: none when it is not given; throws a `CommandError` for texts that mean nothing. */
  read(texts: readonly string[], flag: string): T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** What a user gave, by flag in camelCase: `--schema-suffix` is `schemaSuffix`. */
export type Given<F extends Flags> = {
  readonly [Name in keyof F & string as CamelCase<Name>]: F[Name] extends Flag<infer T> ? T : never;
};

/** A flag that is on when it is given. */
export function onOff(describe: string): Flag<boolean> {
  return { kind: "switch", describe, read: (texts) => texts.at(-1) === "true" };
}

/** A flag with one value; undefined: not given. */
export function text(describe: string): Flag<string | undefined> {
  return value(describe, (given) => given);
}

/** A flag with one value that must mean something; undefined: not given. */
export function value<T>(describe: string, read: (given: string, flag: string) => T): Flag<T | undefined> {
  return {
    kind: "text",
    describe,
    read: ([given], flag) => (given === undefined ? undefined : read(given, flag)),
  };
}

/** A flag with values; none: not given. */
export function list(
  describe: string,
  read: (given: string) => readonly string[] = (given) => [given],
): Flag<readonly string[]> {
  return {
    kind: "list",
    describe,
    read(texts, flag) {
      const values = texts.flatMap(read);
      if (texts.length > 0 && values.length === 0) throw usageError(`${flag} ${texts.join(" ")} names nothing`);
      return values;
    },
  };
}

/** A flag with one value that may be repeated; none: not given. */
export function each(describe: string): Flag<readonly string[]> {
  return { kind: "each", describe, read: (texts) => texts };
}

/** A flag that may stand without a value, which is then the empty text; undefined: not given. */
export function optional(describe: string): Flag<string | undefined> {
  return { kind: "optional", describe, read: ([given]) => given };
}

/** `a,b` as two values, as the Dataform CLI reads lists; what is empty is left out. */
export function commas(given: string): readonly string[] {
  return given
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/**
 * A flag whose text must have a form.
 * @param what the form in words, as in `give WHAT`
 */
export function formed(describe: string, form: RegExp, what: string): Flag<string | undefined> {
  return value(describe, (given, flag) => {
    if (!form.test(given)) throw usageError(`${flag} ${shortened(given)} is not possible; give ${what}`);
    return given;
  });
}

/** A flag whose value is one of a few words; undefined: not given. */
export function oneOf<const Word extends string>(describe: string, words: readonly Word[]): Flag<Word | undefined> {
  return value(describe, (given, flag) => {
    const found = words.find((word) => word === given);
    if (found !== undefined) return found;
    throw usageError(
      `${flag} ${shortened(given)} is not possible; give ${words.slice(0, -1).join(", ")} or ${words.at(-1)}`,
    );
  });
}

/** A text of the user as a message shows it. */
function shortened(given: string): string {
  return given.length > 60 ? `${given.slice(0, 60)}...` : given;
}

/** A flag with a whole number of a range. */
export function wholeNumber(describe: string, low: number, high: number): Flag<number | undefined> {
  return value(describe, (given, flag) => {
    const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
    if (number >= low && number <= high) return number;
    throw usageError(`${flag} ${given} is not possible; give a whole number from ${low} to ${high}`);
  });
}

const BYTES: Readonly<Record<string, number>> = {
  "": 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** A flag with a number of bytes, `500000` or `10GB`. */
export function bytes(describe: string): Flag<number | undefined> {
  return value(describe, (given, flag) => {
    const [, amount = "", unit = ""] = /^(\d{1,15}(?:\.\d{1,3})?)\s*([A-Za-z]*)$/.exec(given) ?? [];
    const factor = BYTES[unit.toUpperCase()];
    if (amount !== "" && factor !== undefined) return Math.floor(Number(amount) * factor);
    throw usageError(`${flag} ${shortened(given)} is not possible; give bytes, such as 500000000 or 10GB`);
  });
}
