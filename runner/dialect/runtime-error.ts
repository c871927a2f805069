import { TOO_DEEP } from "../googlesql/nesting.js";

const FAILED_CAST =
  /Could not convert string (?:'([\s\S]*)'|"([\s\S]*)") to \w+|invalid \w+ field format: "([\s\S]*?)", expected format/;

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
  const cast = FAILED_CAST.exec(line);
  if (cast !== null) return (cast[1] ?? cast[2] ?? cast[3]) as string;
  if (/Casting value .* to type DECIMAL/.test(line))
    return line.replace(/^.*?Casting value "([^"]*)".*$/, "numeric out of range: $1");
  const zone = /Unknown TimeZone '([^']*)'/.exec(line);
  if (zone !== null) return `Invalid time zone: ${zone[1]}`;
  if (/Overflow in .*(DECIMAL|HUGEINT)/.test(line)) return "numeric overflow";
  const overflow = /Overflow in (addition|subtraction|multiplication|subtract) of \w+ \((.*)\)/.exec(line);
  if (overflow !== null) return `int64 overflow: ${overflow[2]}`;
  if (
    /invalid escape|missing \)|no argument for repetition|missing \]|invalid character class|invalid perl/i.test(
      line,
    ) &&
    /Invalid Input/.test(line)
  )
    return `Cannot parse regular expression: ${line.replace(/^[A-Za-z ]+ Error: /, "")}`;
  if (/Like pattern must not end with escape character/i.test(line)) return "LIKE pattern ends with a backslash";
  if (/Max expression depth limit|memory exhausted/.test(line)) return TOO_DEEP;
  if (/More than one row returned by a subquery/.test(line)) return "Scalar subquery produced more than one element";
  return line.replace(/^[A-Za-z ]+ Error: /, "");
}
