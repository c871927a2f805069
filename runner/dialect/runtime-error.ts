import { TOO_DEEP } from "../googlesql/nesting.js";

/** A cast that failed, by what and to what: a text of ours, or the value itself. */
const FAILED_CASTS: readonly RegExp[] = [
  /Could not convert string (?:'(?<text>[\s\S]*)'|"(?<quoted>[\s\S]*)") to (?<type>\w+)/,
  /(?:invalid|Conversion Error:) (?<type>\w+) field (?:format|value out of range): "(?<text>[\s\S]*?)"(?:, expected format| when casting|$)/,
];

/** What GoogleSQL says of a text that looks like a value of the type and is none. */
const BAD_VALUES: Readonly<Record<string, (value: string) => string>> = {
  INT64: (value) => `Bad int64 value: ${value}`,
  DOUBLE: (value) => `Bad double value: ${value}`,
  DECIMAL: (value) => `Invalid NUMERIC value: ${value}`,
  date: (value) => `Invalid date: '${value}'`,
};

const CONFLICT =
  /^TransactionContext Error: .*(?:conflict|by (?:another|a different) transaction|after the transaction started)/i;

/** Whether DuckDB refuses something because another transaction has changed the same rows or names. */
export function isConflictMessage(duckdbMessage: string): boolean {
  return CONFLICT.test(duckdbMessage);
}

/**
 * What a failed query says to its writer: GoogleSQL's message where a function of the library failed (its text travels in a failing
 * cast), else DuckDB's first line.
 */
export function runtimeMessage(duckdbMessage: string): string {
  const [line = ""] = duckdbMessage.split("\n");
  const javaScript = /JavaScript function \S+ (?:failed|took longer).*$/.exec(line);
  if (javaScript !== null) return javaScript[0];
  // A value of several lines takes the message with it.
  for (const text of [line, duckdbMessage])
    for (const pattern of FAILED_CASTS) {
      const cast = pattern.exec(text)?.groups;
      if (cast !== undefined) return failedCast(cast.text ?? cast.quoted ?? "", cast.type ?? "");
    }
  const number = numberProblem(line);
  if (number !== undefined) return number;
  if (/Casting value .* to type DECIMAL/.test(line))
    return line.replace(/^.*?Casting value "([^"]*)".*$/, "numeric out of range: $1");
  const zone = /Unknown TimeZone '([^']*)'/.exec(line);
  if (zone !== null) return `Invalid time zone: ${zone[1]}`;
  if (/Overflow in .*(DECIMAL|HUGEINT|INT128)/.test(line)) return "numeric overflow";
  const overflow = /Overflow in (addition|subtraction|multiplication|subtract) of \w+ \((.*)\)/.exec(line);
  if (overflow !== null) return `int64 overflow: ${overflow[2]}`;
  if (
    /invalid escape|missing \)|unexpected \)|no argument for repetition|missing \]|invalid character class|invalid perl|invalid repetition/i.test(
      line,
    ) &&
    /Invalid Input/.test(line)
  ) {
    const told = line.replace(/^[A-Za-z ]+ Error: (?:Cannot parse regular expression: )?/, "");
    const problem = told.replace(/^Pattern failed to parse, error: '(.*)'$/, "$1");
    return `Cannot parse regular expression: ${problem}`;
  }
  if (/Like pattern must not end with escape character/i.test(line)) return "LIKE pattern ends with a backslash";
  // Of a view whose table has lost the column: the table has the engine's alias.
  const lost = /Table "[^"]*" does not have a column named "([^"]*)"/.exec(line);
  if (lost !== null) return `Unrecognized name: ${lost[1]}`;
  if (/Max expression depth limit|memory exhausted/.test(line)) return TOO_DEEP;
  if (/More than one row returned by a subquery/.test(line)) return "Scalar subquery produced more than one element";
  return line.replace(/^[A-Za-z ]+ Error: /, "");
}

/** A message of ours begins with a letter. */
function failedCast(text: string, type: string): string {
  const bad = /^[\s+-]*[\d.]/.test(text) ? BAD_VALUES[type] : undefined;
  return bad === undefined ? text : bad(text);
}

/** GoogleSQL's words for a number that leaves its type. */
function numberProblem(line: string): string | undefined {
  const double = /Type DOUBLE with value (\S+) can't be cast .* destination type INT64/.exec(line)?.[1];
  if (double !== undefined)
    return /\d/.test(double)
      ? `int64 out of range: ${double}`
      : `Illegal conversion of non-finite floating point number to an integer: ${double}`;
  const integer = /Type INT64 with value (\S+) can't be cast .* destination type INT32/.exec(line)?.[1];
  if (integer !== undefined) return `int32 out of range: ${integer}`;
  const decimal = /Failed to cast decimal value (\S+) to type INT64/.exec(line)?.[1];
  if (decimal !== undefined) return `int64 out of range: ${decimal}`;
  if (/Type INT128 with value \S+ can't be cast .* destination type INT64/.test(line)) return "int64 overflow";
  const least = /Overflow on abs\((-\d+)\)/.exec(line)?.[1];
  if (least !== undefined) return `int64 overflow: -${least}`;
  if (/Overflow in negation/.test(line)) return "int64 overflow: --9223372036854775808";
  return undefined;
}
