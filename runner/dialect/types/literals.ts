import type { Span } from "../../googlesql/contract.js";
import { analysisError } from "../../googlesql/errors.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { quoteString } from "../print/sql.js";
import { bignumericHex } from "../runtime/js/bignumeric.js";
import { isTimeZone } from "../runtime/js/time-zone.js";
import { defaultZone, zoned } from "./default-zone.js";

const NUMERIC_LIMIT = 10n ** 38n;

/** A NUMERIC literal from decimal text, rounded half away from zero to 9 digits; `exact`: more digits are an error. */
export function numericLiteral(text: string, span: Span, exact = false): string {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text);
  if (match === null || (match[2] === "" && (match[3] ?? "") === "")) {
    throw analysisError(`Invalid NUMERIC literal: ${text}`, span);
  }
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = 9 + Number(exponent) - fraction.length;
  if (shift > 60) throw analysisError(`Invalid NUMERIC literal: ${text}`, span);
  let units = BigInt(`0${whole}${fraction}`);
  if (shift >= 0) units *= 10n ** BigInt(shift);
  else {
    const divisor = 10n ** BigInt(Math.min(-shift, 2000));
    if (exact && units % divisor !== 0n) throw analysisError(`Invalid NUMERIC literal: "${text}"`, span);
    units = (units + divisor / 2n) / divisor;
  }
  if (units >= NUMERIC_LIMIT) throw analysisError(`Invalid NUMERIC literal: ${text}`, span);
  const digits = units.toString().padStart(10, "0");
  return `CAST('${sign === "-" ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}' AS DECIMAL(38,9))`;
}

/** A BIGNUMERIC literal from decimal text, rounded half away from zero to 38 digits. */
export function bignumericLiteral(text: string, span: Span): string {
  const hex = bignumericHex(text);
  if (hex === undefined) throw analysisError(`Invalid BIGNUMERIC literal: "${text}"`, span);
  return `unhex('${hex}')`;
}

/**
 * A string literal used as DATE, DATETIME, TIME or TIMESTAMP: plain forms are written as literals, the rest by the macro, which takes many
 * times as long to plan.
 */
export function temporalLiteral(text: string, type: SqlType, span: Span, typed = false): string {
  const plain = plainTemporal(text, type);
  if (plain !== undefined) return plain;
  const bad = analysisError(
    typed ? `Invalid ${typeName(type)} literal` : `Could not cast literal "${text}" to type ${typeName(type)}`,
    span,
  );
  switch (type) {
    case "DATETIME":
      if (dayAndClock(text)?.rest !== "") throw bad;
      return `bq.string_to_datetime(${quoteString(text)})`;
    case "TIME":
      if (!isAnyClock(text)) throw bad;
      return `bq.string_to_time(${quoteString(text)})`;
    case "TIMESTAMP":
      if (dayAndClock(text) === undefined || !hasKnownZone(text)) throw bad;
      return `bq.string_to_timestamp(${zoned([quoteString(text)]).join(", ")})`;
    default:
      throw bad;
  }
}

/** The literal of a text that is plainly a date, a time or both; undefined: another form, if it is one at all. */
export function plainTemporal(text: string, type: SqlType): string | undefined {
  switch (type) {
    case "DATE": {
      const date = isoDate(text);
      return date === undefined ? undefined : `DATE '${date}'`;
    }
    case "DATETIME":
      return plainDatetime(text);
    case "TIME":
      return isPlainClock(text) ? `TIME '${text}'` : undefined;
    case "TIMESTAMP": {
      const plain = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z|\+00(?::00)?| UTC)?)?$/.exec(text);
      const isUtc = plain?.[3] !== undefined || defaultZone() === undefined;
      if (plain === null || !isUtc || isoDate(plain[1] as string) === undefined || !isClock(plain[2])) return undefined;
      return `TIMESTAMPTZ '${plain[1]} ${plain[2] ?? "00:00:00"}+00'`;
    }
    default:
      return undefined;
  }
}

function isoDate(text: string): string | undefined {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  const valid =
    year >= 1 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return valid ? date.toISOString().slice(0, 10) : undefined;
}

/** The literal of a date, or of a date and a time of day with all their digits; undefined: another form. */
function plainDatetime(text: string): string | undefined {
  const [, date = "", clock = "00:00:00"] = /^(\d{4}-\d\d-\d\d)(?:[ Tt](.*))?$/.exec(text) ?? [];
  return isoDate(date) !== undefined && isPlainClock(clock) ? `TIMESTAMP '${date} ${clock}'` : undefined;
}

/** What follows the day and time of day that a text starts with, or its day alone: an offset at most; undefined: there are no such. */
function dayAndClock(text: string): { readonly rest: string } | undefined {
  const [, date = "", clock, rest = ""] =
    /^(\d{4}-\d{1,2}-\d{1,2})(?:[ Tt](\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d*)?))?(.*)$/s.exec(text) ?? [];
  const isTime = clock === undefined ? /^(?:[ Tt][+-].*)?$/.test(rest) : isAnyClock(clock);
  return isoDate(date) !== undefined && isTime ? { rest } : undefined;
}

/** A time of day in as many digits as its author liked, with a leap second, too. */
function isAnyClock(text: string): boolean {
  if (!/^\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d{1,6})?$/.test(text)) return false;
  const [hour, minute, second] = text.split(":").map(Number) as [number, number, number];
  return hour < 24 && minute < 60 && second < 61;
}

function isPlainClock(text: string): boolean {
  return /^\d\d:\d\d:\d\d(?:\.\d{1,6})?$/.test(text) && isClock(text);
}

function isClock(text: string | undefined): boolean {
  if (text === undefined) return true;
  const [hour, minute, second] = text.split(":").map(Number) as [number, number, number];
  return hour < 24 && minute < 60 && second < 60;
}

/** False where the text ends with the name of a time zone that does not exist. */
function hasKnownZone(text: string): boolean {
  const name = / ([A-Za-z][A-Za-z0-9_+/-]*)$/.exec(text)?.[1];
  return name === undefined || isTimeZone(name);
}
