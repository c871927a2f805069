import { type CivilTime, civilTime, daysInMonth, daysOf, MONTHS, padded, WEEKDAYS } from "./civil-time.js";
import { type JsFunction, strict } from "./js-function.js";

const ELEMENTS = [
  "YYYY",
  "RRRR",
  "Y,YYY",
  "YYY",
  "YY",
  "RR",
  "Y",
  "MONTH",
  "MON",
  "MM",
  "MI",
  "DDD",
  "DD",
  "DAY",
  "DY",
  "D",
  "HH24",
  "HH12",
  "HH",
  "SSSSS",
  "SS",
  "FF1",
  "FF2",
  "FF3",
  "FF4",
  "FF5",
  "FF6",
  "FF7",
  "FF8",
  "FF9",
  "A.M.",
  "P.M.",
  "AM",
  "PM",
  "TZH",
  "TZM",
];
const CLOCK = new Set(["MI", "HH24", "HH12", "HH", "SSSSS", "SS", "A.M.", "P.M.", "AM", "PM"]);

interface Element {
  /** Upper case; undefined for plain text. */
  readonly name: string | undefined;
  readonly text: string;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#formatting_syntax */
function elementsOf(format: string): Element[] {
  const elements: Element[] = [];
  const upper = format.toUpperCase();
  for (let at = 0; at < format.length; ) {
    const name = ELEMENTS.find((element) => upper.startsWith(element, at));
    if (name !== undefined) {
      elements.push({ name, text: format.slice(at, at + name.length) });
      at += name.length;
    } else if (format[at] === '"') {
      const match = /^"((?:[^"\\]|\\["\\])*)"/.exec(format.slice(at));
      if (match === null) throw new Error(`Cannot find matching " for quoted literal at ${at}`);
      elements.push({ name: undefined, text: (match[1] as string).replace(/\\(["\\])/g, "$1") });
      at += match[0].length;
    } else if (/[-./,';: ]/.test(format[at] as string)) {
      elements.push({ name: undefined, text: format[at] as string });
      at += 1;
    } else throw new Error(`Cannot find format element at ${at}`);
  }
  return elements;
}

function checkType(name: string, type: string): void {
  const clock = CLOCK.has(name) || name.startsWith("FF");
  const zone = name.startsWith("TZ");
  if ((type === "DATE" && (clock || zone)) || (type === "TIME" && !clock) || (type === "DATETIME" && zone))
    throw new Error(`${type} does not support '${name}'`);
}

/** Case of the element's own letters: `MONTH`, `Month`, `month`. */
function cased(word: string, element: string): string {
  if (element === element.toUpperCase()) return word.toUpperCase();
  return element[0] === element[0]?.toUpperCase() ? word : word.toLowerCase();
}

function printElement({ name, text }: Element, time: CivilTime, offset: number): string {
  const { year, month, day, hour, minute, second, micros, weekday, dayOfYear } = time;
  const sign = offset < 0 ? "-" : "+";
  switch (name) {
    case undefined:
      return text;
    case "YYYY":
    case "RRRR":
      return padded(year, 4);
    case "Y,YYY":
      return `${Math.floor(year / 1000)},${padded(year % 1000, 3)}`;
    case "YYY":
      return padded(year % 1000, 3);
    case "YY":
    case "RR":
      return padded(year % 100, 2);
    case "Y":
      return String(year % 10);
    case "MONTH":
      return cased(MONTHS[month - 1] as string, text);
    case "MON":
      return cased((MONTHS[month - 1] as string).slice(0, 3), text);
    case "MM":
      return padded(month, 2);
    case "MI":
      return padded(minute, 2);
    case "DDD":
      return padded(dayOfYear, 3);
    case "DD":
      return padded(day, 2);
    case "DAY":
      return cased(WEEKDAYS[weekday] as string, text);
    case "DY":
      return cased((WEEKDAYS[weekday] as string).slice(0, 3), text);
    case "D":
      return String(weekday + 1);
    case "HH24":
      return padded(hour, 2);
    case "HH12":
    case "HH":
      return padded(hour % 12 === 0 ? 12 : hour % 12, 2);
    case "SSSSS":
      return padded(hour * 3600 + minute * 60 + second, 5);
    case "SS":
      return padded(second, 2);
    case "AM":
    case "PM":
      return cased(hour < 12 ? "AM" : "PM", text);
    case "A.M.":
    case "P.M.":
      return cased(hour < 12 ? "A.M." : "P.M.", text);
    case "TZH":
      return `${sign}${padded(Math.floor(Math.abs(offset) / 60), 2)}`;
    case "TZM":
      return padded(Math.abs(offset) % 60, 2);
    default:
      return padded(micros, 6)
        .padEnd(9, "0")
        .slice(0, Number(name.slice(2)));
  }
}

const NUMERIC_WIDTH: Readonly<Record<string, number>> = {
  YYYY: 4,
  RRRR: 4,
  YYY: 3,
  YY: 2,
  RR: 2,
  Y: 1,
  MM: 2,
  MI: 2,
  DDD: 3,
  DD: 2,
  HH24: 2,
  HH12: 2,
  HH: 2,
  SSSSS: 5,
  SS: 2,
  TZM: 2,
};

/** Text by a format as microseconds since 1970 of local time, the offset of the text itself, if any, in minutes. */
function parseByFormat(
  format: string,
  text: string,
  type: string,
  today: CivilTime,
): { micros: bigint; offset: number | undefined } {
  const found = new Map<string, number>();
  let rest = text.trim();
  const fail = (element: string): Error =>
    new Error(
      `Failed to parse input timestamp string at ${text.length - rest.length} with format element '${element}'`,
    );
  for (const element of elementsOf(format)) {
    const { name } = element;
    if (name === undefined) {
      const blank = element.text === " " ? /^\s+/.exec(rest)?.[0] : undefined;
      if (blank === undefined && !rest.startsWith(element.text)) throw fail(element.text);
      rest = rest.slice((blank ?? element.text).length);
      continue;
    }
    checkType(name, type);
    const width = NUMERIC_WIDTH[name] ?? (name.startsWith("FF") ? Number(name.slice(2)) : undefined);
    if (width !== undefined) {
      const digits = new RegExp(`^\\d{1,${width}}`).exec(rest)?.[0];
      if (digits === undefined) throw fail(name);
      const value = name.startsWith("FF") ? Number(digits.padEnd(9, "0").slice(0, 6)) : Number(digits);
      found.set(name.startsWith("FF") ? "FF" : name, value);
      rest = rest.slice(digits.length);
      continue;
    }
    const word = wordOf(name, rest);
    if (word === undefined) throw fail(name);
    found.set(word.key, word.value);
    rest = rest.slice(word.length);
  }
  if (rest.trim() !== "") throw new Error("Illegal non-space trailing data");
  return assemble(found, type, today);
}

function wordOf(name: string, rest: string): { key: string; value: number; length: number } | undefined {
  const lower = rest.toLowerCase();
  if (name === "MONTH" || name === "MON") {
    const index = MONTHS.findIndex((month) =>
      lower.startsWith((name === "MON" ? month.slice(0, 3) : month).toLowerCase()),
    );
    return index === -1
      ? undefined
      : { key: "MM", value: index + 1, length: name === "MON" ? 3 : (MONTHS[index] as string).length };
  }
  if (["AM", "PM", "A.M.", "P.M."].includes(name)) {
    const match = name.length === 2 ? /^[ap]m/.exec(lower) : /^[ap]\.m\./.exec(lower);
    return match === null ? undefined : { key: "PM", value: match[0].startsWith("p") ? 1 : 0, length: name.length };
  }
  if (name === "Y,YYY") {
    const match = /^(\d{1,2}),(\d{3})/.exec(rest);
    return match === null
      ? undefined
      : { key: "YYYY", value: Number(`${match[1]}${match[2]}`), length: match[0].length };
  }
  if (name === "TZH") {
    const match = /^[+-]\d{1,2}/.exec(rest);
    return match === null ? undefined : { key: "TZH", value: Number(match[0]), length: match[0].length };
  }
  return undefined;
}

/** The year of the element that tells it, as far as it goes: the digits before are those of today, or of the nearer century (`RR`). */
function yearOf(found: ReadonlyMap<string, number>, today: number): number {
  const whole = found.get("YYYY") ?? found.get("RRRR");
  if (whole !== undefined) return whole;
  const near = found.get("RR");
  if (near !== undefined) {
    const half = (year: number): number => Math.floor((year % 100) / 50);
    return today - (today % 100) + near + 100 * (half(today) - half(near));
  }
  const last = ["YYY", "YY", "Y"].find((name) => found.has(name));
  if (last === undefined) return today;
  return today - (today % 10 ** last.length) + (found.get(last) as number);
}

function assemble(
  found: ReadonlyMap<string, number>,
  type: string,
  today: CivilTime,
): { micros: bigint; offset: number | undefined } {
  const year = yearOf(found, today.year);
  const month = found.get("MM") ?? today.month;
  const day = found.get("DD") ?? 1;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || year < 1)
    throw new Error("Out-of-range datetime field in parsing function");
  const twelve = found.get("HH12") ?? found.get("HH");
  const hour = found.get("HH24") ?? (twelve === undefined ? 0 : (twelve % 12) + 12 * (found.get("PM") ?? 0));
  const minute = found.get("MI") ?? 0;
  const second = found.get("SS") ?? 0;
  if (hour > 23 || minute > 59 || second > 59 || (twelve !== undefined && (twelve < 1 || twelve > 12)))
    throw new Error("Out-of-range datetime field in parsing function");
  const seconds = found.get("SSSSS") ?? hour * 3600 + minute * 60 + second;
  const days = type === "TIME" ? 0 : daysOf(year, month, day);
  const hours = found.get("TZH");
  const offset = hours === undefined ? undefined : hours * 60 + (hours < 0 ? -1 : 1) * (found.get("TZM") ?? 0);
  return {
    micros: BigInt(days) * 86_400_000_000n + BigInt(seconds) * 1_000_000n + BigInt(found.get("FF") ?? 0),
    offset,
  };
}

const BASE64_LINE = 76;
const DECODINGS: Readonly<Record<string, RegExp>> = {
  HEX: /^[0-9a-f]*$/i,
  BASE16: /^[0-9a-f]*$/i,
  BASE2: /^[01]*$/,
  BASE8: /^[0-7]*$/,
};

function bytesByFormat(bytes: Uint8Array, format: string): string {
  const buffer = Buffer.from(bytes);
  const bits = (): string => Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  switch (format.toUpperCase()) {
    case "HEX":
    case "BASE16":
      return buffer.toString("hex");
    case "BASE64":
      return buffer.toString("base64");
    case "BASE64M":
      return (buffer.toString("base64").match(new RegExp(`.{1,${BASE64_LINE}}`, "g")) ?? []).join("\n");
    case "BASE2":
      return bits();
    case "BASE8":
      return (padStartTo(3, bits()).match(/.{3}/g) ?? []).map((three) => Number.parseInt(three, 2)).join("");
    case "ASCII":
      if (bytes.some((byte) => byte > 127)) throw new Error("Invalid ASCII value in BYTES to STRING cast");
      return buffer.toString("latin1");
    case "UTF-8":
    case "UTF8": {
      const text = buffer.toString("utf8");
      if (!Buffer.from(text).equals(buffer)) throw new Error("Invalid cast of bytes to UTF8 string");
      return text;
    }
    default:
      throw new Error(`Invalid format '${format}'`);
  }
}

function textByFormat(text: string, format: string): Uint8Array {
  const name = format.toUpperCase();
  const digits = DECODINGS[name];
  if (digits !== undefined && !digits.test(text)) throw new Error(`Failed to decode invalid ${name} string`);
  switch (name) {
    case "HEX":
    case "BASE16":
      return Buffer.from(text.length % 2 === 1 ? `0${text}` : text, "hex");
    case "BASE64":
    case "BASE64M": {
      const plain = text.replace(/\s/g, "");
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) throw new Error("Failed to decode invalid BASE64 string");
      return Buffer.from(plain, "base64");
    }
    case "BASE2":
      return bitBytes(padStartTo(8, text));
    case "BASE8": {
      const bits = [...text].map((digit) => Number(digit).toString(2).padStart(3, "0")).join("");
      const count = Math.floor(text.length / 8) * 3 + Math.ceil((text.length % 8) / 3);
      return bitBytes(padStartTo(8, bits).slice(-8 * count));
    }
    case "ASCII":
      if (/[^\0-\x7f]/.test(text)) throw new Error("Invalid ASCII value in STRING to BYTES cast");
      return Buffer.from(text);
    case "UTF-8":
    case "UTF8":
      return Buffer.from(text);
    default:
      throw new Error(`Invalid format '${format}'`);
  }
}

/** Zeros before the digits, so that their number is a multiple. */
function padStartTo(multiple: number, digits: string): string {
  return digits.padStart(Math.ceil(digits.length / multiple) * multiple, "0");
}

function bitBytes(bits: string): Uint8Array {
  return new Uint8Array((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** CAST(.. FORMAT ..) of dates, times and bytes. */
export const CAST_FORMAT_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_cast_temporal_to_string", ["STRING", "STRING", "INT64", "INT64"], "STRING", (format, type, local, utc) => {
    const elements = elementsOf(format);
    for (const { name } of elements) if (name !== undefined) checkType(name, type);
    const time = civilTime(local);
    return elements.map((element) => printElement(element, time, Number((local - utc) / 60_000_000n))).join("");
  }),
  strict(
    "bq_cast_string_to_temporal",
    ["STRING", "STRING", "STRING", "INT64"],
    "INT64",
    (format, text, type, now) => parseByFormat(format, text, type, civilTime(now)).micros,
  ),
  strict("bq_cast_string_offset", ["STRING", "STRING", "INT64", "STRING"], "STRING", (format, text, now, zone) => {
    const { offset } = parseByFormat(format, text, "TIMESTAMP", civilTime(now));
    if (offset === undefined) return zone;
    return `${offset < 0 ? "-" : "+"}${padded(Math.floor(Math.abs(offset) / 60), 2)}:${padded(Math.abs(offset) % 60, 2)}`;
  }),
  strict("bq_cast_bytes_to_string", ["BYTES", "STRING"], "STRING", bytesByFormat),
  strict("bq_cast_string_to_bytes", ["STRING", "STRING"], "BYTES", textByFormat),
];
