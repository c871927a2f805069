import type { DateRange } from "../port/port.js";

/** The rows that an assertion found. */
export interface FoundRows {
  readonly rows: number;
  /** From the first to the last date of the rows; undefined: they have none. */
  readonly dates: DateRange | undefined;
  /** Those with a date within the run's window; undefined: there is no window, or there are no dates. */
  readonly inWindow: number | undefined;
}

/**
 * Counts rows by their dates.
 * @param dates the date of each row, `YYYY-MM-DD`; undefined: they have none
 */
export function foundRows(
  rows: number,
  dates: readonly (string | undefined)[] | undefined,
  window: DateRange | undefined,
): FoundRows {
  const known = (dates ?? []).filter((date) => date !== undefined).sort();
  const [from, to] = [known[0], known.at(-1)];
  if (from === undefined || to === undefined) return { rows, dates: undefined, inWindow: undefined };
  const inWindow = window && known.filter((date) => window.from <= date && date <= window.to).length;
  return { rows, dates: { from, to }, inWindow };
}

/** `3 rows of 2024-01-01 to 2024-01-03, 1 of them in the window` */
export function foundRowsText({ rows, dates, inWindow }: FoundRows): string {
  const counted = `${rows} row${rows === 1 ? "" : "s"}`;
  const when =
    dates === undefined ? "" : ` of ${dates.from === dates.to ? dates.from : `${dates.from} to ${dates.to}`}`;
  const isAll = inWindow === undefined || inWindow === rows;
  return `${counted}${when}${isAll ? "" : `, ${inWindow === 0 ? "none" : inWindow} of them in the window`}`;
}
