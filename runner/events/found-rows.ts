import type { DateRange } from "../port/port.js";

/** The rows that an assertion found. */
export interface FoundRows {
  readonly rows: number;
  /** From the first to the last date of the rows; undefined: they have none. */
  readonly dates: DateRange | undefined;
  /** Those with a date within the run's window; undefined: there is no window, or there are no dates. */
  readonly inWindow: number | undefined;
}

/** `3 rows of 2024-01-01 to 2024-01-03, 1 of them in the window` */
export function foundRowsText({ rows, dates, inWindow }: FoundRows): string {
  const counted = `${rows} row${rows === 1 ? "" : "s"}`;
  const when =
    dates === undefined ? "" : ` of ${dates.from === dates.to ? dates.from : `${dates.from} to ${dates.to}`}`;
  const isAll = inWindow === undefined || inWindow === rows;
  return `${counted}${when}${isAll ? "" : `, ${inWindow === 0 ? "none" : inWindow} of them in the window`}`;
}
