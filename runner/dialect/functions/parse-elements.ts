import { quoteString } from "../print/sql.js";
import type { Temporal } from "./date-arithmetic.js";

/** How DuckDB itself reads texts of a format. */
export interface PlainParsing {
  /** The texts that DuckDB reads just as GoogleSQL does, as a regular expression. */
  readonly pattern: string;
  /** A character that no text of the format has, as a regular expression. */
  readonly foreign: string;
  /** Whether the text names its offset from UTC. */
  readonly offset: boolean;
  /** DuckDB text that reads such a text, NULL where there is no such day. */
  readonly read: (text: string) => string;
}

/** Elements of a fixed number of digits, as a regular expression. */
const FIXED: Readonly<Record<string, string>> = {
  Y: "[0-9]{4}",
  m: "[0-9]{2}",
  d: "[0-9]{2}",
  H: "([01][0-9]|2[0-3])",
  M: "[0-5][0-9]",
  S: "[0-5][0-9]",
};

/** Elements that only DuckDB's casts read, which take one form. */
const CAST_ONLY: Readonly<Record<string, string>> = {
  z: "[+-](0[0-9]|1[0-3]):[0-5][0-9]",
  Ez: "[+-](0[0-9]|1[0-3]):[0-5][0-9]",
  "E*S": "[0-5][0-9]([.][0-9]{1,6})?",
};

const OF_A_CAST = /^%Y-%m-%d[ T]%H:%M:(%S|%E[*\d]S)(Z|%E?z)?$/;

/** The form of the texts that DuckDB may parse by the format; undefined: none. */
export function plainParsing(format: string, type: Temporal): PlainParsing | undefined {
  if (type === "TIME") return undefined;
  const long = format.replaceAll("%F", "%Y-%m-%d").replaceAll("%T", "%H:%M:%S").replaceAll("%R", "%H:%M");
  const isCast = OF_A_CAST.test(long);
  let pattern = "";
  let known = "";
  for (const [part, element] of long.matchAll(/%(E[*\d]S|Ez|.)|[^%]/gs)) {
    if (element === undefined) {
      if (!/[-/:T._Z ]/.test(part)) return undefined;
      pattern += `[${part}]`;
      known += part;
      continue;
    }
    const form = FIXED[element] ?? (isCast ? (CAST_ONLY[element] ?? fraction(element)) : undefined);
    if (form === undefined) return undefined;
    pattern += form;
    known += element.endsWith("z") ? "+-:zZ" : element.startsWith("E") ? "." : "";
  }
  if (!["%Y", "%m", "%d"].every((part) => long.split(part).length === 2)) return undefined;
  // A time of day in the format of a DATE is an error, an offset has a meaning in that of a TIMESTAMP only.
  const offset = long.endsWith("z");
  if (type === "DATE" && /%[EHMSz]/.test(long)) return undefined;
  if (offset && type !== "TIMESTAMP") return undefined;
  const read = isCast ? byCast(offset ? "TIMESTAMPTZ" : "TIMESTAMP") : byStrptime(long);
  return { pattern, foreign: foreignTo(known), offset, read };
}

/** `%E3S` and its like. */
function fraction(element: string): string | undefined {
  const digits = /^E([1-6])S$/.exec(element)?.[1];
  return digits === undefined ? undefined : `[0-5][0-9]([.][0-9]{1,${digits}})?`;
}

const byCast =
  (type: string): PlainParsing["read"] =>
  (text) =>
    `TRY_CAST(${text} AS ${type})`;

const byStrptime =
  (format: string): PlainParsing["read"] =>
  (text) =>
    `try_strptime(${text}, ${quoteString(format)})`;

/** Visible ASCII that is no digit, and stands neither in the format nor for one of its elements. */
function foreignTo(known: string): string {
  const visible = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  const others = visible.filter((char) => !/[0-9]/.test(char) && !known.includes(char));
  return `[${others.map((char) => (/[A-Za-z]/.test(char) ? char : `\\${char}`)).join("")}]`;
}
