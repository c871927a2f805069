import type { DateRange } from "../port/port.js";

const DAY = 86_400_000;

/** The date `days` later (earlier when negative) than a `YYYY-MM-DD` date. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Every date of an inclusive range, ascending. */
export function datesOf(range: DateRange): string[] {
  const dates: string[] = [];
  for (let date = range.from; date <= range.to; date = addDays(date, 1)) dates.push(date);
  return dates;
}

/** True for a real calendar date written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const millis = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(millis) && new Date(millis).toISOString().slice(0, 10) === text;
}

/** The smallest range that holds both; undefined stands for "everything". */
export function unite(a: DateRange | undefined, b: DateRange | undefined): DateRange | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [from] = [a.from, b.from].sort() as [string, string];
  const [, to] = [a.to, b.to].sort() as [string, string];
  return { from, to };
}
