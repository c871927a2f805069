import { type JsFunction, strict } from "./js-function.js";

const DAY = 86_400_000_000n;

/** `Y-M D H:M:S[.F]`, each group with its own sign. */
function intervalText(months: bigint, days: bigint, micros: bigint): string {
  const sign = (value: bigint): string => (value < 0n ? "-" : "");
  const abs = (value: bigint): bigint => (value < 0n ? -value : value);
  const [m, u] = [abs(months), abs(micros)];
  const fraction = u % 1_000_000n;
  const digits = String(fraction).padStart(6, "0");
  const shown = fraction === 0n ? "" : `.${fraction % 1000n === 0n ? digits.slice(0, 3) : digits}`;
  return `${sign(months)}${m / 12n}-${m % 12n} ${days} ${sign(micros)}${u / 3_600_000_000n}:${(u / 60_000_000n) % 60n}:${(u / 1_000_000n) % 60n}${shown}`;
}

type Parts = readonly [months: bigint, days: bigint, micros: bigint];

const FULL = /^([+-]?)(\d+)-(\d+) ([+-]?\d+) ([+-]?)(\d+):(\d+):(\d+)(?:\.(\d{1,9}))?$/;
const ISO =
  /^P(?=.)(?:([+-]?\d+)Y)?(?:([+-]?\d+)M)?(?:([+-]?\d+)W)?(?:([+-]?\d+)D)?(?:T(?=.)(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?)(\d+)(?:\.(\d{1,9}))?S)?)?$/;

/** What a text without all parts can only be. Source: GoogleSQL's interval_value.cc. */
const SHORT_FORMS = [
  ["YEAR", "MONTH"],
  ["YEAR", "DAY"],
  ["YEAR", "HOUR"],
  ["YEAR", "MINUTE"],
  ["MONTH", "HOUR"],
  ["MONTH", "MINUTE"],
  ["MONTH", "SECOND"],
  ["DAY", "MINUTE"],
  ["DAY", "SECOND"],
  ["HOUR", "SECOND"],
] as const;

/** `CAST(text AS INTERVAL)`: the canonical form, a part of it, or ISO 8601. */
export function parseInterval(text: string): Parts {
  const full = FULL.exec(text);
  if (full !== null) {
    const [
      ,
      sign,
      years = "0",
      months = "0",
      days = "0",
      clock,
      hours = "0",
      minutes = "0",
      seconds = "0",
      fraction = "",
    ] = full;
    const micros = clockMicros(hours, minutes, seconds, fraction);
    const total = BigInt(years) * 12n + BigInt(months);
    return [sign === "-" ? -total : total, BigInt(days), clock === "-" ? -micros : micros];
  }
  for (const [from, to] of SHORT_FORMS) {
    const short = parseIntervalLiteral(text, from, to);
    if (short !== undefined && text === text.trim()) return short;
  }
  const iso = ISO.exec(text);
  if (iso === null) throw new Error(`Invalid INTERVAL value '${text}'`);
  const [
    ,
    years = "0",
    months = "0",
    weeks = "0",
    days = "0",
    hours = "0",
    minutes = "0",
    sign,
    seconds = "0",
    fraction = "",
  ] = iso;
  const second = clockMicros("0", "0", seconds, fraction);
  return [
    BigInt(years) * 12n + BigInt(months),
    BigInt(weeks) * 7n + BigInt(days),
    BigInt(hours) * 3_600_000_000n + BigInt(minutes) * 60_000_000n + (sign === "-" ? -second : second),
  ];
}

function clockMicros(hours: string, minutes: string, seconds: string, fraction: string): bigint {
  return (
    BigInt(hours) * 3_600_000_000n +
    BigInt(minutes) * 60_000_000n +
    BigInt(seconds) * 1_000_000n +
    BigInt(fraction.padEnd(6, "0").slice(0, 6))
  );
}

const PARTS = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];
/** Between two parts in a text: `1-2 3 4:5:6`. */
const SEPARATORS = ["-", " ", " ", ":", ":"];

/** `INTERVAL 'text' FROM [TO to]`; undefined: the text does not fit. */
export function parseIntervalLiteral(text: string, from: string, to: string): Parts | undefined {
  const first = PARTS.indexOf(from);
  const last = PARTS.indexOf(to);
  if (first === -1 || last < first) return undefined;
  let pattern = "";
  for (let part = first; part <= last; part++) {
    if (part > first) pattern += SEPARATORS[part - 1];
    const signed = part === first || part === 2 || (part === 3 && first < 3) ? "([+-]?)" : "()";
    pattern += `${signed}(\\d+)`;
  }
  if (last === 5) pattern += "(?:\\.(\\d{1,9}))?";
  const match = new RegExp(`^${pattern}$`).exec(text.trim());
  if (match === null) {
    if (from === "SECOND" && to === "SECOND" && /^[+-]?\.\d{1,9}$/.test(text.trim()))
      return parseIntervalLiteral(text.trim().replace(".", "0."), from, to);
    return undefined;
  }
  const values = PARTS.map((_, part) =>
    part < first || part > last ? 0n : BigInt(match[2 * (part - first) + 2] as string),
  );
  const signs = PARTS.map((_, part) => (part >= first && part <= last ? match[2 * (part - first) + 1] : ""));
  const fraction = last === 5 ? (match[2 * (last - first + 1) + 1] ?? "") : "";
  const [years, months, days, hours, minutes, seconds] = values as [bigint, bigint, bigint, bigint, bigint, bigint];
  const calendar = years * 12n + months;
  const clock = clockMicros(String(hours), String(minutes), String(seconds), fraction);
  const negative = (part: number): boolean => signs[Math.max(part, first)] === "-";
  return [negative(0) ? -calendar : calendar, negative(2) ? -days : days, negative(3) ? -clock : clock];
}

function justify(parts: Parts, how: string): Parts {
  let [months, days, micros] = parts;
  if (how !== "days") {
    days += micros / DAY;
    micros %= DAY;
  }
  if (how !== "hours") {
    months += days / 30n;
    days %= 30n;
  }
  const sign = (value: bigint): number => (value > 0n ? 1 : value < 0n ? -1 : 0);
  if (how !== "days" && sign(days) * sign(micros) < 0) {
    const step = BigInt(sign(days));
    days -= step;
    micros += step * DAY;
  }
  if (
    how !== "hours" &&
    sign(months) !== 0 &&
    (sign(months) * sign(days) < 0 || (how === "both" && days === 0n && sign(months) * sign(micros) < 0))
  ) {
    const step = BigInt(sign(months));
    months -= step;
    days += step * 30n;
    if (how === "both" && sign(days) * sign(micros) < 0) {
      days -= step;
      micros += step * DAY;
    }
  }
  return [months, days, micros];
}

/** Sums and averages: exact, months left over become days and days microseconds. */
function average(
  months: readonly (bigint | null)[],
  days: readonly (bigint | null)[],
  micros: readonly (bigint | null)[],
): bigint[] | null {
  const sum = (values: readonly (bigint | null)[]): bigint =>
    values.reduce<bigint>((total, value) => total + (value ?? 0n), 0n);
  const count = BigInt(months.filter((value) => value !== null).length);
  if (count === 0n) return null;
  const m = sum(months);
  const d = sum(days) + (m % count) * 30n;
  return [m / count, d / count, (sum(micros) + (d % count) * DAY) / count];
}

/** ISO 8601: `P1Y2M3DT4H5M6.789S`. */
function intervalIso(months: bigint, days: bigint, micros: bigint): string {
  const part = (value: bigint, unit: string): string => (value === 0n ? "" : `${value}${unit}`);
  const date = `${part(months / 12n, "Y")}${part(months % 12n, "M")}${part(days, "D")}`;
  const rest = micros % 60_000_000n;
  const absolute = rest < 0n ? -rest : rest;
  const fraction = String(absolute % 1_000_000n)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const seconds =
    rest === 0n ? "" : `${rest < 0n ? "-" : ""}${absolute / 1_000_000n}${fraction === "" ? "" : `.${fraction}`}S`;
  const clock = `${part(micros / 3_600_000_000n, "H")}${part((micros / 60_000_000n) % 60n, "M")}${seconds}`;
  return date === "" && clock === "" ? "P0Y" : `P${date}${clock === "" ? "" : `T${clock}`}`;
}

const list = (parts: Parts): bigint[] => [...parts];

/** INTERVAL values come apart as months, days and microseconds, and go back as a list of the three. */
export const INTERVAL_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_interval_iso", ["INT64", "INT64", "INT64"], "STRING", intervalIso),
  strict("bq_interval_text", ["INT64", "INT64", "INT64"], "STRING", intervalText),
  strict("bq_interval_parse", ["STRING"], "INTS", (text) => list(parseInterval(text))),
  strict("bq_interval_justified", ["INT64", "INT64", "INT64", "STRING"], "INTS", (months, days, micros, how) =>
    list(justify([months, days, micros], how)),
  ),
  strict("bq_interval_average", ["INTS", "INTS", "INTS"], "INTS", average),
];
