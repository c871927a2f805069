import { UserError } from "../graph/user-error.js";
import { addDays, isDate } from "../plan/dates.js";
import type { ClockSettings } from "../project/settings-schema.js";

/**
 * The date of now in the time zone of a project; from the hour on that its settings say, the next one. `FASTBREAK_TODAY` goes before.
 * @throws UserError for a variable that is no date
 */
export function today({ timeZone, nextDayFrom }: ClockSettings, now: Date): string {
  const said = process.env.FASTBREAK_TODAY;
  if (said !== undefined && said !== "") {
    if (isDate(said)) return said;
    throw new UserError(`FASTBREAK_TODAY ${said} is not a calendar date; write it as YYYY-MM-DD`);
  }
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? "";
  const date = `${part("year")}-${part("month")}-${part("day")}`;
  const isLate = nextDayFrom !== undefined && `${part("hour")}:${part("minute")}` >= nextDayFrom;
  return isLate ? addDays(date, 1) : date;
}
