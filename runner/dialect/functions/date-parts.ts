import type { Expr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { weekdayOf } from "../../googlesql/week-part.js";

/** A date part as an argument: `MONTH`, `WEEK(MONDAY)`. */
export interface DatePart {
  readonly name: string;
  /** Of WEEK(day): 0 SUNDAY .. 6 SATURDAY. */
  readonly weekday: number | undefined;
}

export const TIME_PARTS = ["MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR"];
export const CALENDAR_PARTS = ["DAY", "WEEK", "ISOWEEK", "MONTH", "QUARTER", "YEAR", "ISOYEAR"];

const KNOWN_PARTS = new Set([
  ...TIME_PARTS,
  ...CALENDAR_PARTS,
  "DAYOFWEEK",
  "DAYOFYEAR",
  "NANOSECOND",
  "DATE",
  "TIME",
  "DATETIME",
]);

/** Reads a date part where the grammar has only an expression. `allowed` are the names that fit `what`. */
export function datePart(expr: Expr, allowed: readonly string[], what: string): DatePart {
  if (expr.kind === "path" && expr.parts.length === 1) {
    const name = (expr.parts[0]?.name ?? "").toUpperCase();
    if (allowed.includes(name)) return { name, weekday: undefined };
    throw invalidPart(name, what, expr);
  }
  if (expr.kind === "call" && allowed.includes("WEEK")) {
    const weekday = weekdayOf(expr);
    if (weekday !== undefined) return { name: "WEEK", weekday };
  }
  throw analysisError(`A valid date part name is required for ${what}`, expr);
}

export function invalidPart(name: string, what: string, at: Expr): Error {
  return analysisError(
    KNOWN_PARTS.has(name)
      ? `${what} does not support the ${name} date part`
      : `A valid date part name is required but found ${name}`,
    at,
  );
}

/** `bq.date_trunc_month(x)`, with the weekday of WEEK(day) as a last argument. */
export function partMacro(prefix: string, part: DatePart, args: readonly string[]): string {
  const all = part.weekday === undefined ? args : [...args, `${part.weekday}`];
  return `bq.${prefix}_${part.name.toLowerCase()}(${all.join(", ")})`;
}
