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
const SAME = new Set("aAbBdHIjmMpSuUVwWyY".split(""));
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
  C: "CAST(year($) // 100 AS VARCHAR)",
  P: "lower(strftime($, '%p'))",
  E3S: "strftime($, '%S.%g')",
  E6S: "strftime($, '%S.%f')",
  "E*S": "rtrim(rtrim(strftime($, '%S.%f'), '0'), '.')",
};
const UTC_ELEMENTS: Readonly<Record<string, string>> = {
  Z: "'UTC'",
  z: "'+0000'",
  Ez: "'+00:00'",
  s: "CAST(epoch_us(date_trunc('second', $)) // 1000000 AS VARCHAR)",
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
 * A date or time as text, the format compiled into strftime calls and pieces; undefined: that cannot be.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_elements_date_time
 */
export function formatTemporal(format: string, source: FormatSource): string | undefined {
  const pieces: string[] = [];
  let run = "";
  const flush = (): void => {
    if (run !== "")
      pieces.push(run.includes("%") ? `strftime(${source.local}, ${quoteString(run)})` : quoteString(run));
    run = "";
  };
  const tokens = splitFormat(format);
  if (tokens === undefined) return undefined;
  for (const token of tokens) {
    if (token.element === undefined) {
      run += token.text;
      continue;
    }
    const { element } = token;
    if (source.isDate && TIME_ELEMENTS.has(element)) return undefined;
    const short = SHORT[element];
    const computed = COMPUTED[element] ?? (source.utc ? UTC_ELEMENTS[element] : undefined);
    if (element === "%") run += "%%";
    else if (SAME.has(element)) run += `%${element}`;
    else if (short !== undefined) run += short;
    else if (computed !== undefined) {
      flush();
      pieces.push(computed.replaceAll("$", () => source.local));
    } else return undefined;
  }
  flush();
  if (pieces.length === 0) return `CASE WHEN ${source.local} IS NOT NULL THEN '' END`;
  // Plain text alone would lose the NULL of the value.
  const constant = pieces.every((piece) => piece.startsWith("'"));
  const text = pieces.length === 1 ? (pieces[0] as string) : `(${pieces.join(" || ")})`;
  return constant ? `CASE WHEN ${source.local} IS NOT NULL THEN ${text} END` : text;
}

/** Whether the year is written as it is: strftime pads it to four digits, GoogleSQL does not. */
export function showsYear(format: string): boolean {
  return splitFormat(format)?.some(({ element }) => element === "Y" || element === "F") === true;
}

interface FormatToken {
  readonly element: string | undefined;
  readonly text: string;
}

/** Undefined: the format holds what is no element. */
function splitFormat(format: string): FormatToken[] | undefined {
  const tokens: FormatToken[] = [];
  let last = 0;
  const plain = (upTo: number): boolean => {
    const text = format.slice(last, upTo);
    if (text !== "") tokens.push({ element: undefined, text });
    return !text.includes("%");
  };
  for (const match of format.matchAll(ELEMENT)) {
    if (!plain(match.index)) return undefined;
    tokens.push({ element: match[1] as string, text: match[0] });
    last = match.index + match[0].length;
  }
  return plain(format.length) ? tokens : undefined;
}
