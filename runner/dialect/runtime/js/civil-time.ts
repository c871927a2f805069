/** A local date and time with microseconds, from microseconds since 1970. */
export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
  /** 0 Sunday .. 6 Saturday. */
  readonly weekday: number;
  /** 1 .. 366. */
  readonly dayOfYear: number;
}

export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
export const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const DAY = 86_400_000_000n;

export function civilTime(micros: bigint): CivilTime {
  const clock = ((micros % DAY) + DAY) % DAY;
  const days = Number((micros - clock) / DAY);
  const date = new Date(days * 86_400_000);
  const year = date.getUTCFullYear();
  const seconds = Number(clock / 1_000_000n);
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    micros: Number(clock % 1_000_000n),
    weekday: date.getUTCDay(),
    dayOfYear: days - daysOf(year, 1, 1) + 1,
  };
}

/** Days since 1970-01-01. */
export function daysOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.floor(date.getTime() / 86_400_000);
}

export function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (((year % 400) + 400) % 400), month, 0)).getUTCDate();
}

/** ISO 8601 year and week. */
export function isoWeek({ year, month, day, weekday }: CivilTime): { year: number; week: number } {
  const thursday = daysOf(year, month, day) + 3 - ((weekday + 6) % 7);
  const isoYear = civilTime(BigInt(thursday) * DAY).year;
  return { year: isoYear, week: Math.floor((thursday - daysOf(isoYear, 1, 1)) / 7) + 1 };
}

export const padded = (value: number, width: number): string => String(value).padStart(width, "0");
