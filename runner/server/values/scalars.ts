import { microsOf } from "./encode.js";

const MICROS_PER_DAY = 86_400_000_000n;

/** Days since 1970 of a DATE. */
export function daysOf(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / 86_400_000;
}

/** Microseconds since 1970 of a DATETIME (as if of UTC) or TIMESTAMP. */
export function epochMicros(text: string): bigint {
  return microsOf(text);
}

/** Microseconds since midnight of a TIME. */
export function clockMicros(text: string): bigint {
  return microsOf(`1970-01-01 ${text}`);
}

/** A decimal as an integer of units of 10^-scale. */
export function unscaled(text: string, scale: number): bigint {
  const [, sign, whole = "0", fraction = ""] = /^(-?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  const value = BigInt(`${whole}${fraction.padEnd(scale, "0").slice(0, scale)}`);
  return sign === "-" ? -value : value;
}

/** Months, days and nanoseconds of an INTERVAL as the port writes it, `Y-M D H:M:S[.F]`. */
export function intervalParts(text: string): { months: number; days: number; nanos: bigint } {
  const match = /^(-?)(\d+)-(\d+) (-?\d+) (-?)(\d+):(\d+):(\d+)(?:\.(\d+))?$/.exec(text);
  const [, monthSign, years = "0", months = "0", days = "0", sign, hours = "0", minutes = "0", seconds = "0"] =
    match ?? [];
  const fraction = BigInt((match?.[9] ?? "").padEnd(9, "0").slice(0, 9));
  const clock = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const month = Number(years) * 12 + Number(months);
  const nanos = clock * 1_000_000_000n + fraction;
  return { months: monthSign === "-" ? -month : month, days: Number(days), nanos: sign === "-" ? -nanos : nanos };
}

/** `YYYY-MM-DD` of days since 1970. */
export function dateText(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` of microseconds since 1970. */
export function dateTimeText(micros: bigint): string {
  const ofDay = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  return `${dateText(Number((micros - ofDay) / MICROS_PER_DAY))} ${clockText(ofDay)}`;
}

/** `HH:MM:SS.ffffff` of microseconds since midnight. */
export function clockText(micros: bigint): string {
  const two = (value: bigint): string => String(value).padStart(2, "0");
  const [hours, minutes, seconds] = [
    micros / 3_600_000_000n,
    (micros / 60_000_000n) % 60n,
    (micros / 1_000_000n) % 60n,
  ];
  return `${two(hours)}:${two(minutes)}:${two(seconds)}.${String(micros % 1_000_000n).padStart(6, "0")}`;
}
