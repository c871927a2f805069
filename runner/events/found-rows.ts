import type { DateRange } from "../port/port.js";

/** The rows that an assertion found. */
export interface FoundRows {
  readonly rows: number;
  /** From the first to the last date of the rows; undefined: not every row has one. */
  readonly dates: DateRange | undefined;
}

/** `3 rows of 2024-01-01 to 2024-01-03` */
export function foundRowsText({ rows, dates }: FoundRows): string {
  const counted = `${rows} row${rows === 1 ? "" : "s"}`;
  if (dates === undefined) return counted;
  return `${counted} of ${dates.from}${dates.from === dates.to ? "" : ` to ${dates.to}`}`;
}

/** Whether every row has a date, and one of the window. */
export function isWithin({ dates }: FoundRows, window: DateRange | undefined): boolean {
  return dates !== undefined && window !== undefined && dates.from >= window.from && dates.to <= window.to;
}

/** Whether a text that ends as above is of dates, and none of them is in the window. */
export function isOutside(text: string, window: DateRange | undefined): boolean {
  const [, from, to = from] = / of (\d{4}-\d\d-\d\d)(?: to (\d{4}-\d\d-\d\d))?\)?$/.exec(text) ?? [];
  if (window === undefined || from === undefined || to === undefined) return false;
  return to < window.from || from > window.to;
}
