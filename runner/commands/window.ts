import { isDate } from "../plan/dates.js";
import type { Window } from "../plan/types.js";
import { usageError } from "./exit.js";

export interface WindowOptions {
  readonly date?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * The window that `--date` or `--from`/`--to` name; undefined: every partition.
 * @throws CommandError for what is no calendar date, a range that ends before it begins, or both forms at once
 */
export function windowOf(options: WindowOptions): Window {
  for (const flag of ["date", "from", "to"] as const) {
    const value = options[flag];
    if (value !== undefined && !isDate(value))
      throw usageError(`--${flag} ${value} is not a calendar date; write it as YYYY-MM-DD`);
  }
  const { date, from, to } = options;
  if (date !== undefined && (from !== undefined || to !== undefined))
    throw usageError("give --date or --from and --to, not both");
  if (date !== undefined) return { from: date, to: date };
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) throw usageError("--from and --to go together");
  if (from > to) throw usageError(`--from ${from} is after --to ${to}`);
  return { from, to };
}
