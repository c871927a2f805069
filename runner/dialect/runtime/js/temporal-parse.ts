import { daysInMonth, daysOf, isLeap, MONTHS, WEEKDAYS } from "./civil-time.js";
import { type JsFunction, strict } from "./js-function.js";
import { CLOCK_ELEMENTS, SHORT } from "./temporal-elements.js";

/** What a parsing format has found so far. */
interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  micros: number;
  afternoon: boolean | undefined;
  twelve: boolean;
  dayOfYear: number | undefined;
  century: number | undefined;
  yearInCentury: number | undefined;
  week: { number: number; monday: boolean } | undefined;
  weekday: number | undefined;
  epochSeconds: bigint | undefined;
  /** Minutes east of UTC. */
  offset: number | undefined;
  zone: string | undefined;
}

const DATE_ELEMENTS = "AaBbhCDdeFGgjmQUuVWwxYy";

/** Thrown where the text does not fit the format. */
class NoMatch extends Error {}

const isSpace = (char: string | undefined): boolean => char !== undefined && /\s/.test(char);

class Parser {
  private at = 0;
  readonly fields: Fields = {
    year: 1970,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    micros: 0,
    afternoon: undefined,
    twelve: false,
    dayOfYear: undefined,
    century: undefined,
    yearInCentury: undefined,
    week: undefined,
    weekday: undefined,
    epochSeconds: undefined,
    offset: undefined,
    zone: undefined,
  };

  constructor(
    private readonly text: string,
    private readonly type: string,
  ) {}

  parse(format: string): Fields {
    this.skipSpace();
    this.run(format);
    this.skipSpace();
    if (this.at < this.text.length) throw new NoMatch();
    return this.fields;
  }

  private skipSpace(): void {
    while (isSpace(this.text[this.at])) this.at += 1;
  }

  private run(format: string): void {
    for (let i = 0; i < format.length; ) {
      const char = format[i] as string;
      if (isSpace(char)) {
        this.skipSpace();
        i += 1;
      } else if (char !== "%") {
        if (this.text[this.at] !== char) throw new NoMatch();
        this.at += 1;
        i += 1;
      } else {
        const element = (
          /^%(E\dS|E\*S|E4Y|E[zcCxXyY]|O[a-zA-Z]|.?)/s.exec(format.slice(i)) as RegExpExecArray
        )[1] as string;
        this.element(element);
        i += element.length + 1;
      }
    }
  }

  private digits(most: number, low: number, high: number, blank = false): number {
    if (blank) this.skipSpace();
    const match = new RegExp(`^\\d{1,${most}}`).exec(this.text.slice(this.at, this.at + most));
    const value = Number(match?.[0]);
    if (match === null || value < low || value > high) throw new NoMatch();
    this.at += match[0].length;
    return value;
  }

  private name(names: readonly string[]): number {
    const rest = this.text.slice(this.at).toLowerCase();
    for (const long of [true, false]) {
      const index = names.findIndex((name) => rest.startsWith((long ? name : name.slice(0, 3)).toLowerCase()));
      if (index !== -1) {
        this.at += long ? (names[index] as string).length : 3;
        return index;
      }
    }
    throw new NoMatch();
  }

  private fraction(most: number): void {
    if (this.text[this.at] !== ".") return;
    const match = new RegExp(`^\\.\\d{0,${most}}`).exec(this.text.slice(this.at));
    if (match === null || match[0].length < 2) throw new NoMatch();
    this.at += match[0].length;
    this.fields.micros = Number(match[0].slice(1, 7).padEnd(6, "0"));
  }

  private offset(): void {
    const match = /^([+-])(\d{2}):?(\d{2})?/.exec(this.text.slice(this.at));
    if (match === null) {
      if (!/^[zZ]/.test(this.text.slice(this.at))) throw new NoMatch();
      this.at += 1;
      this.fields.offset = 0;
      return;
    }
    const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
    if (minutes > 14 * 60) throw new NoMatch();
    this.at += match[0].length;
    this.fields.offset = match[1] === "-" ? -minutes : minutes;
  }

  private refuse(element: string): void {
    const { type } = this;
    const clock = CLOCK_ELEMENTS.includes(element) || /^E[\d*]S$/.test(element) || element === "c" || element === "s";
    const date = DATE_ELEMENTS.includes(element) || element === "E4Y" || element === "c" || element === "s";
    const zone = element === "Z" || element === "z" || element === "Ez";
    if ((type === "DATE" && (clock || zone)) || (type === "TIME" && (date || zone)) || (type === "DATETIME" && zone))
      throw new Error(`Invalid format: %${element} is not allowed for the ${type} type.`);
  }

  private element(element: string): void {
    const { fields } = this;
    this.refuse(element);
    const short = SHORT[element];
    if (short !== undefined) {
      this.run(short);
      return;
    }
    const fraction = /^E(\d|\*)S$/.exec(element);
    if (fraction !== null) {
      fields.second = this.digits(2, 0, 60);
      if (fraction[1] !== "0") this.fraction(fraction[1] === "*" ? 9 : Number(fraction[1]));
      return;
    }
    if (/^[EO].$/.test(element) && element !== "Ez") {
      this.element(element.slice(1));
      return;
    }
    switch (element) {
      case "A":
      case "a":
        fields.weekday = this.name(WEEKDAYS);
        return;
      case "B":
      case "b":
      case "h":
        fields.month = this.name(MONTHS) + 1;
        fields.dayOfYear = undefined;
        return;
      case "C":
        fields.century = this.digits(2, 0, 99);
        return;
      case "d":
      case "e":
        fields.day = this.digits(2, 1, 31, true);
        fields.dayOfYear = undefined;
        return;
      case "H":
      case "k":
        fields.hour = this.digits(2, 0, 23, element === "k");
        fields.twelve = false;
        return;
      case "I":
      case "l":
        fields.hour = this.digits(2, 1, 12, element === "l") % 12;
        fields.twelve = true;
        return;
      case "j":
        fields.dayOfYear = this.digits(3, 1, 366);
        return;
      case "M":
        fields.minute = this.digits(2, 0, 59);
        return;
      case "m":
        fields.month = this.digits(2, 1, 12, true);
        fields.dayOfYear = undefined;
        return;
      case "n":
      case "t":
        this.skipSpace();
        return;
      case "P":
      case "p": {
        const word = this.text.slice(this.at, this.at + 2).toLowerCase();
        if (word !== "am" && word !== "pm") throw new NoMatch();
        fields.afternoon = word === "pm";
        this.at += 2;
        return;
      }
      case "Q":
        this.digits(1, 1, 4);
        return;
      case "S":
        fields.second = this.digits(2, 0, 60);
        return;
      case "s": {
        const match = /^-?\d+/.exec(this.text.slice(this.at));
        if (match === null) throw new NoMatch();
        fields.epochSeconds = BigInt(match[0]);
        this.at += match[0].length;
        return;
      }
      case "U":
      case "W":
        fields.week = { number: this.digits(2, 0, 53), monday: element === "W" };
        return;
      case "u":
        fields.weekday = this.digits(1, 1, 7) % 7;
        return;
      case "w":
        fields.weekday = this.digits(1, 0, 6);
        return;
      case "Y":
      case "E4Y":
        fields.year = this.text.startsWith("10000", this.at) ? this.digits(5, 0, 10000) : this.digits(4, 0, 9999);
        fields.century = undefined;
        fields.yearInCentury = undefined;
        return;
      case "y":
        fields.yearInCentury = this.digits(2, 0, 99);
        return;
      case "Z": {
        const match = /^[A-Za-z0-9_/:+-]+/.exec(this.text.slice(this.at));
        if (match === null) throw new NoMatch();
        fields.zone = match[0];
        this.at += match[0].length;
        return;
      }
      case "z":
      case "Ez":
        this.offset();
        return;
      case "%":
        if (this.text[this.at] !== "%") throw new NoMatch();
        this.at += 1;
        return;
      case "G":
      case "g":
      case "V":
        throw new Error("ISO parse elements are not supported yet");
      default:
        throw new NoMatch();
    }
  }
}

/** The fields as microseconds of local time since 1970. */
function localMicros(fields: Fields): bigint {
  if (fields.epochSeconds !== undefined) return fields.epochSeconds * 1_000_000n;
  const year = yearOf(fields);
  const days = BigInt(dayOf(fields, year));
  const hour = fields.twelve && fields.afternoon === true ? fields.hour + 12 : fields.hour;
  const seconds = hour * 3600 + fields.minute * 60 + fields.second;
  // A leap second is the first instant of the next minute.
  const micros = fields.second === 60 ? 0 : fields.micros;
  return days * 86_400_000_000n + BigInt(seconds) * 1_000_000n + BigInt(micros);
}

function yearOf({ year, century, yearInCentury }: Fields): number {
  if (yearInCentury !== undefined) {
    const hundreds = century ?? (yearInCentury >= 69 ? 19 : 20);
    return hundreds * 100 + yearInCentury;
  }
  return century === undefined ? year : century * 100 + (year % 100 === 70 && year === 1970 ? 0 : year % 100);
}

const OUT_OF_RANGE = "Out-of-range datetime field in parsing function";

function dayOf(fields: Fields, year: number): number {
  const { month, day, dayOfYear, week, weekday } = fields;
  if (year < 1 || year > 9999) throw new Error(OUT_OF_RANGE);
  if (week !== undefined) return weekDay(year, week, weekday ?? (week.monday ? 1 : 0));
  if (dayOfYear !== undefined) {
    if (dayOfYear === 366 && !isLeap(year)) throw new Error(OUT_OF_RANGE);
    return daysOf(year, 1, 1) + dayOfYear - 1;
  }
  if (day > daysInMonth(year, month)) throw new Error(OUT_OF_RANGE);
  return daysOf(year, month, day);
}

/** A day of the week of a year whose weeks begin with Sunday or Monday; week 1 begins with the first of those. */
function weekDay(year: number, week: { number: number; monday: boolean }, weekday: number): number {
  const first = week.monday ? 1 : 0;
  const january = daysOf(year, 1, 1);
  const januaryWeekday = (((january + 4) % 7) + 7) % 7;
  const start = january + ((first - januaryWeekday + 7) % 7);
  return start + (week.number - 1) * 7 + ((weekday - first + 7) % 7);
}

function parsed(format: string, text: string, type: string): Fields {
  try {
    return new Parser(text, type).parse(format);
  } catch (error) {
    if (error instanceof NoMatch) throw new Error(`Failed to parse input string "${text}"`);
    throw error;
  }
}

/** Microseconds of local time since 1970. */
function parsedMicros(format: string, text: string, type: string): bigint {
  const micros = localMicros(parsed(format, text, type));
  const day = 86_400_000_000n;
  return type === "TIME" ? ((micros % day) + day) % day : micros;
}

/** The zone that the text itself names, as an offset or by name; else the one given. UTC for seconds since 1970. */
function parsedZone(format: string, text: string, zone: string): string {
  const { epochSeconds, offset, zone: name } = parsed(format, text, "TIMESTAMP");
  if (epochSeconds !== undefined) return "UTC";
  if (name !== undefined) return name;
  if (offset === undefined) return zone;
  const absolute = Math.abs(offset);
  const [hours, minutes] = [Math.floor(absolute / 60), absolute % 60].map((part) => String(part).padStart(2, "0"));
  return `${offset < 0 ? "-" : "+"}${hours}:${minutes}`;
}

/** NULL where the text does not fit. */
function orNull<A extends unknown[], R>(parse: (...args: A) => R): (...args: A) => R | null {
  return (...args) => {
    try {
      return parse(...args);
    } catch {
      return null;
    }
  };
}

export const TEMPORAL_PARSE_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_parse_temporal", ["STRING", "STRING", "STRING"], "INT64", parsedMicros),
  strict("bq_parse_zone", ["STRING", "STRING", "STRING"], "STRING", parsedZone),
  strict("bq_try_parse_temporal", ["STRING", "STRING", "STRING"], "INT64", orNull(parsedMicros)),
  strict("bq_try_parse_zone", ["STRING", "STRING", "STRING"], "STRING", orNull(parsedZone)),
];
