const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Whether a text is a date of the Gregorian calendar in the form `YYYY-MM-DD`. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && isoDate(time) === text;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * The date in a text as public tables write it: `2021-11-15` and whatever begins so (`2021-11-15T00:00:00Z`), `20211115`,
 * `11/15/2021`, `NOV 15, 2021`. Undefined: there is none, or the calendar has not got it.
 */
export function dateOf(text: string): string | undefined {
  const iso = /^(\d{4})-?(\d\d)-?(\d\d)(?:$|[T ])/.exec(text);
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:$|[T ])/.exec(text);
  const worded = /^([a-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})$/i.exec(text);
  const month = worded === null ? 0 : MONTHS.indexOf((worded[1] as string).toLowerCase()) + 1;
  const [year, monthText, day] =
    iso !== null
      ? [iso[1], iso[2], iso[3]]
      : american !== null
        ? [american[3], american[1], american[2]]
        : worded !== null && month > 0
          ? [worded[3], String(month), worded[2]]
          : [];
  if (year === undefined || monthText === undefined || day === undefined) return undefined;
  const date = `${year}-${monthText.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return isCalendarDate(date) ? date : undefined;
}

/** The date `days` after a date; both `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return isoDate(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
}

/** Days from `from` to `to`. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;
}

/** Day of the week, 0 is Sunday. */
export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** Full years between two dates. */
export function yearsBetween(birth: string, date: string): number {
  return Number(date.slice(0, 4)) - Number(birth.slice(0, 4)) - (date.slice(5) < birth.slice(5) ? 1 : 0);
}

/** The season that a date belongs to: its year from October on, else the year before. */
export function seasonYearOf(date: string): number {
  return Number(date.slice(0, 4)) - (Number(date.slice(5, 7)) >= 10 ? 0 : 1);
}

/** `2021-22` for 2021. */
export function seasonLabel(seasonYear: number): string {
  return `${seasonYear}-${String((seasonYear + 1) % 100).padStart(2, "0")}`;
}

/** A timestamp as the warehouse takes it, in UTC and whole seconds. */
export function timestampText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace("T", " ")}+00:00`;
}

const offsets = new Map<string, number>();

/**
 * Minutes that a zone is ahead of UTC around noon of a date. Games never start in the small hours in which clocks
 * change, so one offset a day is exact for tip-off times.
 */
function offsetMinutes(date: string, timeZone: string): number {
  const key = `${timeZone} ${date}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" }).formatToParts(
    new Date(`${date}T17:00:00Z`),
  );
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(name);
  const minutes = match === null ? 0 : (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
  offsets.set(key, minutes);
  return minutes;
}

/** Milliseconds since 1970 of a wall-clock time (`HH:MM:SS`) on a date in a zone. */
export function zonedTime(date: string, time: string, timeZone: string): number {
  return Date.parse(`${date}T${time}Z`) - offsetMinutes(date, timeZone) * MINUTE_MS;
}

/** The calendar date of an instant in US Eastern time, the league's game date. */
export function easternDate(epochMs: number): string {
  const utcDate = isoDate(epochMs);
  return isoDate(epochMs + offsetMinutes(utcDate, "America/New_York") * MINUTE_MS);
}

function isoDate(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
