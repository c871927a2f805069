import type { CallExpr } from "./ast.js";

const WEEKDAYS = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"];

/**
 * The weekday of `WEEK(MONDAY)`, a part of dates that is written as a call: 0 SUNDAY .. 6 SATURDAY.
 * @returns undefined for any other call
 */
export function weekdayOf({ name, args }: Pick<CallExpr, "name" | "args">): number | undefined {
  const [day] = args;
  if (name !== "WEEK" || args.length !== 1 || day?.value.kind !== "path" || day.value.parts.length !== 1)
    return undefined;
  const weekday = WEEKDAYS.indexOf(day.value.parts[0]?.name.toUpperCase() ?? "");
  return weekday < 0 ? undefined : weekday;
}
