/**
 * The date that a night prepares: from its hour on the next day, before it the day that has begun, in its time zone.
 * @param hour the hour at which nights begin, 0 to 23
 */
export function nightDate(now: Date, timeZone: string, hour: number): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  const today = `${part("year")}-${part("month")}-${part("day")}`;
  if (Number(part("hour")) < hour) return today;
  return new Date(Date.parse(`${today}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** The hour of cron times of once a day, such as `0 23 * * *`; undefined: they are others. */
export function hourOfCron(times: string): number | undefined {
  const [, hour] = /^\d{1,2} (\d{1,2}) \* \* \*$/.exec(times) ?? [];
  return hour === undefined || Number(hour) > 23 ? undefined : Number(hour);
}
