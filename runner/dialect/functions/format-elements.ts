import type { Span } from "../contract.js";
import { analysisError, unsupported } from "../errors.js";
import { quoteString } from "../print/sql.js";

/** What a format is applied to. */
export interface FormatSource {
  /** DuckDB DATE or TIMESTAMP in local time. */
  readonly local: string;
  /** A TIMESTAMP shown in UTC: only then are zone elements known. */
  readonly utc: boolean;
  readonly isDate: boolean;
}

/** Elements that mean the same in DuckDB's strftime. */
const SAME = new Set("aAbBdHIjmMpSuUVwWyYG".split(""));
/** Elements that are short for others. */
const SHORT: Readonly<Record<string, string>> = {
  h: "%b",
  F: "%Y-%m-%d",
  T: "%H:%M:%S",
  R: "%H:%M",
  D: "%m/%d/%y",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
  E4Y: "%Y",
};
/** Elements as DuckDB text, `$` standing for the local time. */
const COMPUTED: Readonly<Record<string, string>> = {
  e: "lpad(CAST(day($) AS VARCHAR), 2, ' ')",
  Q: "CAST(quarter($) AS VARCHAR)",
  k: "lpad(CAST(hour($) AS VARCHAR), 2, ' ')",
  n: "chr(10)",
  t: "chr(9)",
  C: "lpad(CAST(year($) // 100 AS VARCHAR), 2, '0')",
  P: "lower(strftime($, '%p'))",
  E3S: "strftime($, '%S.%g')",
  E6S: "strftime($, '%S.%f')",
  "E*S": "rtrim(rtrim(strftime($, '%S.%f'), '0'), '.')",
};
const UTC_ELEMENTS: Readonly<Record<string, string>> = {
  Z: "'UTC'",
  z: "'+0000'",
  Ez: "'+00:00'",
  s: "CAST(epoch_us($) // 1000000 AS VARCHAR)",
};
const TIME_ELEMENTS = new Set([
  "H",
  "I",
  "M",
  "p",
  "S",
  "T",
  "R",
  "X",
  "k",
  "P",
  "E3S",
  "E6S",
  "E*S",
  "c",
  "s",
  "z",
  "Z",
  "Ez",
]);
const ELEMENT = /%(E4Y|E\*S|E\dS|Ez|%|[-#]?[a-zA-Z])/g;

/**
 * A date or time as text, the format compiled into strftime calls and pieces.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_elements_date_time
 */
export function formatTemporal(format: string, source: FormatSource, at: Span): string {
  const pieces: string[] = [];
  let run = "";
  const flush = (): void => {
    if (run !== "")
      pieces.push(run.includes("%") ? `strftime(${source.local}, ${quoteString(run)})` : quoteString(run));
    run = "";
  };
  for (const token of splitFormat(format, at)) {
    if (token.element === undefined) {
      run += token.text;
      continue;
    }
    const { element } = token;
    if (source.isDate && TIME_ELEMENTS.has(element)) throw unsupported(`Format element %${element} for a DATE`, at);
    const short = SHORT[element];
    const computed = COMPUTED[element] ?? (source.utc ? UTC_ELEMENTS[element] : undefined);
    if (element === "%") run += "%%";
    else if (SAME.has(element)) run += `%${element}`;
    else if (short !== undefined) run += short;
    else if (computed !== undefined) {
      flush();
      pieces.push(computed.replaceAll("$", () => source.local));
    } else throw unsupported(`Format element %${element}`, at);
  }
  flush();
  if (pieces.length === 0) return `CASE WHEN ${source.local} IS NOT NULL THEN '' END`;
  // Plain text alone would lose the NULL of the value.
  const constant = pieces.every((piece) => piece.startsWith("'"));
  const text = pieces.length === 1 ? (pieces[0] as string) : `(${pieces.join(" || ")})`;
  return constant ? `CASE WHEN ${source.local} IS NOT NULL THEN ${text} END` : text;
}

const PARSE_SAME = new Set("bBdHmMSyYI".split("").concat("p"));

/** DuckDB strptime formats that parse what the format parses; several where a fraction is optional. */
export function parsePattern(format: string, at: Span): string[] {
  let patterns = [""];
  let year = false;
  for (const token of splitFormat(format, at)) {
    const { element } = token;
    if (element === undefined) {
      patterns = patterns.map((pattern) => pattern + token.text);
      continue;
    }
    const short = SHORT[element];
    if (["Y", "y", "F", "D", "x", "E4Y"].includes(element)) year = true;
    if (element === "%") patterns = patterns.map((pattern) => `${pattern}%%`);
    else if (PARSE_SAME.has(element)) patterns = patterns.map((pattern) => `${pattern}%${element}`);
    else if (short !== undefined) patterns = patterns.map((pattern) => pattern + short);
    else if (element === "E*S") patterns = patterns.flatMap((pattern) => [`${pattern}%S.%f`, `${pattern}%S`]);
    else throw unsupported(`Parsing format element %${element}`, at);
  }
  // Without a year GoogleSQL takes 1970 and DuckDB 1900.
  if (!year) throw unsupported("A parsing format without a year", at);
  return patterns;
}

interface FormatToken {
  readonly element: string | undefined;
  readonly text: string;
}

function splitFormat(format: string, at: Span): FormatToken[] {
  const tokens: FormatToken[] = [];
  let last = 0;
  const plain = (upTo: number): void => {
    const text = format.slice(last, upTo);
    if (text.includes("%")) throw analysisError(`Invalid format string: "${format}"`, at);
    if (text !== "") tokens.push({ element: undefined, text });
  };
  for (const match of format.matchAll(ELEMENT)) {
    plain(match.index);
    tokens.push({ element: match[1] as string, text: match[0] });
    last = match.index + match[0].length;
  }
  plain(format.length);
  return tokens;
}
