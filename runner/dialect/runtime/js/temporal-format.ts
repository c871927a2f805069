import { type CivilTime, civilTime, isoWeek, MONTHS, padded, WEEKDAYS } from "./civil-time.js";
import { flagged } from "./element-flags.js";
import { type JsFunction, lenient } from "./js-function.js";
import { CLOCK_ELEMENTS, SHORT } from "./temporal-elements.js";
import { isTimeZone } from "./time-zone.js";

const DATE_ELEMENTS = "AaBbhCDdeFGgjmQUuVWwxYyJ";

interface Source {
  readonly civil: CivilTime;
  /** DATE, DATETIME, TIME or TIMESTAMP: elements that a type does not have stay as they are. */
  readonly type: string;
  /** Of the zone, in minutes. */
  readonly offset: number;
  readonly epochSeconds: bigint;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_elements_date_time */
function formatTemporal(format: string, source: Source): string {
  return format.replace(
    /%([-_0^#]*)(E\dS|E\d\dS|E\*S|E4Y|E[zcCxXyY]|O[a-zA-Z]|.)/gs,
    (whole, flags: string, element: string) => {
      if (flags === "") return elementText(element, source) ?? whole;
      const text = plainElement(element, source) ?? elementText(element, source);
      return text === undefined ? whole : flagged(text, flags, element);
    },
  );
}

function has(type: string, element: string): boolean {
  if ("nt%".includes(element)) return true;
  if (element === "c" || element === "s") return type === "DATETIME" || type === "TIMESTAMP";
  if (DATE_ELEMENTS.includes(element)) return type !== "TIME";
  if (CLOCK_ELEMENTS.includes(element)) return type !== "DATE";
  return (element === "Z" || element === "z") && type === "TIMESTAMP";
}

function elementText(element: string, source: Source): string | undefined {
  const { civil, type } = source;
  const fraction = /^E(\d+|\*)S$/.exec(element);
  if (fraction !== null) {
    if (type === "DATE") return undefined;
    const digits = `${padded(civil.micros, 6)}`.padEnd(15, "0");
    const kept = fraction[1] === "*" ? digits.replace(/0+$/, "") : digits.slice(0, Number(fraction[1]));
    return kept === "" ? padded(civil.second, 2) : `${padded(civil.second, 2)}.${kept}`;
  }
  if (element === "E4Y") return type === "TIME" ? undefined : padded(civil.year, 4);
  if (element === "Ez") return type === "TIMESTAMP" ? offsetText(source.offset, ":") : undefined;
  if (/^[EO]./.test(element)) return elementText(element.slice(1), source);
  if (!has(type, element)) return undefined;
  const short = SHORT[element];
  if (short !== undefined) return formatTemporal(short, { ...source, type: element === "c" ? type : source.type });
  return plainElement(element, source);
}

function plainElement(element: string, { civil, offset, epochSeconds }: Source): string | undefined {
  const { year, month, day, hour, minute, second, weekday, dayOfYear } = civil;
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  switch (element) {
    case "A":
      return WEEKDAYS[weekday];
    case "a":
      return WEEKDAYS[weekday]?.slice(0, 3);
    case "B":
      return MONTHS[month - 1];
    case "b":
    case "h":
      return MONTHS[month - 1]?.slice(0, 3);
    case "C":
      return String(Math.floor(year / 100));
    case "d":
      return padded(day, 2);
    case "e":
      return String(day).padStart(2, " ");
    case "G":
      return String(isoWeek(civil).year);
    case "g":
      return padded(isoWeek(civil).year % 100, 2);
    case "H":
      return padded(hour, 2);
    case "I":
      return padded(twelve, 2);
    case "j":
      return padded(dayOfYear, 3);
    case "J":
      return padded(isoDayOfYear(civil), 3);
    case "k":
      return String(hour).padStart(2, " ");
    case "l":
      return String(twelve).padStart(2, " ");
    case "M":
      return padded(minute, 2);
    case "m":
      return padded(month, 2);
    case "n":
      return "\n";
    case "P":
      return hour < 12 ? "am" : "pm";
    case "p":
      return hour < 12 ? "AM" : "PM";
    case "Q":
      return String(Math.ceil(month / 3));
    case "S":
      return padded(second, 2);
    case "s":
      return String(epochSeconds);
    case "t":
      return "\t";
    case "U":
      return padded(Math.floor((dayOfYear + 6 - weekday) / 7), 2);
    case "u":
      return String(weekday === 0 ? 7 : weekday);
    case "V":
      return padded(isoWeek(civil).week, 2);
    case "W":
      return padded(Math.floor((dayOfYear + 6 - ((weekday + 6) % 7)) / 7), 2);
    case "w":
      return String(weekday);
    case "Y":
      return String(year);
    case "y":
      return padded(year % 100, 2);
    case "Z":
      return offset === 0 ? "UTC" : `UTC${offsetText(offset, "").replace(/^([+-])0?(\d+)00$/, "$1$2")}`;
    case "z":
      return offsetText(offset, "");
    case "%":
      return "%";
    default:
      return undefined;
  }
}

/** Days since the Monday that begins the ISO year, from 1. */
function isoDayOfYear(civil: CivilTime): number {
  return (isoWeek(civil).week - 1) * 7 + ((civil.weekday + 6) % 7) + 1;
}

function offsetText(minutes: number, separator: string): string {
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${padded(Math.floor(absolute / 60), 2)}${separator}${padded(absolute % 60, 2)}`;
}

/** `bq_format_temporal(format, type, local, utc)`: microseconds since 1970 of the local and of the universal time. */
export const TEMPORAL_FORMAT_JS_FUNCTIONS: readonly JsFunction[] = [
  // DuckDB's own error for a zone that does not exist passes through TRY.
  lenient("bq_time_zone", ["STRING"], "STRING", (zone) => {
    if (zone !== null && !isTimeZone(zone)) throw new Error(`Invalid time zone: ${zone}`);
    return zone;
  }),
  lenient("bq_format_temporal", ["STRING", "STRING", "INT64", "INT64"], "STRING", (format, type, local, utc) => {
    if (format === null || type === null || local === null || utc === null) return null;
    const offset = Number((local - utc) / 60_000_000n);
    const epochSeconds = (utc - (((utc % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n;
    return formatTemporal(format, { civil: civilTime(local), type, offset, epochSeconds });
  }),
];
