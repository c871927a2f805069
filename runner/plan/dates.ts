import type { DateRange } from "../port/port.js";

const DAY = 86_400_000;

/** The dates that GoogleSQL knows; nothing lies before or behind them. */
export const FIRST_DATE = "0001-01-01";
export const LAST_DATE = "9999-12-31";

/** Days since 1970 by date and back: a plan asks for the same dates again and again, and parsing them is most of what it costs. */
const numbers = new Map<string, number>();
const texts = new Map<number, string>();

function dayNumber(date: string): number {
  let day = numbers.get(date);
  if (day === undefined) {
    day = Date.parse(`${date}T00:00:00Z`) / DAY;
    numbers.set(date, day);
  }
  return day;
}

function dayText(day: number): string {
  let date = texts.get(day);
  if (date === undefined) {
    date = new Date(day * DAY).toISOString().slice(0, 10);
    texts.set(day, date);
  }
  return date;
}

/** The date `days` later (earlier when negative) than a `YYYY-MM-DD` date, at most the first or last date there is. */
export function addDays(date: string, days: number): string {
  if (days === 0) return date;
  const moved = dayNumber(date) + days;
  if (moved <= dayNumber(FIRST_DATE)) return FIRST_DATE;
  return moved >= dayNumber(LAST_DATE) ? LAST_DATE : dayText(moved);
}

/** Number of days from one date to another. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** Every date of an inclusive range, ascending. */
export function datesOf({ from, to }: DateRange): string[] {
  const dates: string[] = [];
  for (let date = from, left = daysBetween(from, to); left >= 0; date = addDays(date, 1), left -= 1) dates.push(date);
  return dates;
}

/** True for a real calendar date written `YYYY-MM-DD`; GoogleSQL's begin with the year 1. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < FIRST_DATE) return false;
  const millis = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(millis) && new Date(millis).toISOString().slice(0, 10) === text;
}

/** The smallest range that holds both; undefined stands for "everything". */
export function unite(a: DateRange | undefined, b: DateRange | undefined): DateRange | undefined {
  return a === undefined || b === undefined ? undefined : { from: earlier(a.from, b.from), to: later(a.to, b.to) };
}

/** The same dates as ranges that are ascending and apart from each other; neighbours become one. */
export function mergeRanges(ranges: readonly DateRange[]): DateRange[] {
  const merged: { from: string; to: string }[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = merged.at(-1);
    if (last === undefined || from > addDays(last.to, 1)) merged.push({ from, to });
    else if (to > last.to) last.to = to;
  }
  return merged;
}

/** The dates that are in some range of both lists. */
export function intersectRanges(a: readonly DateRange[], b: readonly DateRange[]): DateRange[] {
  return mergeRanges(
    a.flatMap((one) =>
      b.flatMap((other) => {
        const from = later(one.from, other.from);
        const to = earlier(one.to, other.to);
        return from <= to ? [{ from, to }] : [];
      }),
    ),
  );
}

function earlier(a: string, b: string): string {
  return [a, b].sort()[0] as string;
}

function later(a: string, b: string): string {
  return [a, b].sort()[1] as string;
}
