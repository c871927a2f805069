/** A regular expression of RE2 as one of JavaScript, for what DuckDB's own RE2 functions do not tell: positions and empty matches. */

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};
const SPACE = "\\t\\n\\f\\r ";
const cache = new Map<string, RegExp>();

/** The pattern compiled; an Error in BigQuery's words where it is invalid. */
export function regularExpression(pattern: string): RegExp {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  let compiled: RegExp;
  try {
    compiled = compile(pattern);
  } catch (error) {
    throw new Error(`Cannot parse regular expression: ${problemOf(pattern, (error as Error).message)}`);
  }
  if (cache.size > 200) cache.clear();
  cache.set(pattern, compiled);
  return compiled;
}

/** What RE2 says where JavaScript does not take a pattern. */
function problemOf(pattern: string, message: string): string {
  if (message.endsWith("Unterminated group")) return `missing ): ${pattern}`;
  if (message.endsWith("Unmatched ')'")) return `unexpected ): ${pattern}`;
  if (message.endsWith("Unterminated character class")) return `missing ]: ${pattern.slice(pattern.indexOf("["))}`;
  if (message.endsWith("Nothing to repeat"))
    return `no argument for repetition operator: ${/[*+?]/.exec(pattern)?.[0] ?? pattern}`;
  if (message.endsWith("numbers out of order in {} quantifier"))
    return `invalid repetition size: ${/\{\d+,\d+\}/.exec(pattern)?.[0] ?? pattern}`;
  return message;
}

function compile(pattern: string): RegExp {
  let flags = "dgu";
  let dotAll = false;
  let at = 0;
  let out = "";
  let inClass = false;
  const lead = /^\(\?([ims]+)\)/.exec(pattern);
  if (lead !== null) {
    at = lead[0].length;
    const set = lead[1] as string;
    if (set.includes("i")) flags += "i";
    if (set.includes("m")) flags += "m";
    dotAll = set.includes("s");
  }
  while (at < pattern.length) {
    const char = String.fromCodePoint(pattern.codePointAt(at) as number);
    if (char === "\\") {
      const { text, end } = translateEscape(pattern, at, inClass);
      out += text;
      at = end;
      continue;
    }
    if (inClass) {
      const posix = /^\[:(\^?)(\w+):\]/.exec(pattern.slice(at));
      if (posix !== null) {
        const members = CLASSES[posix[2] as string];
        if (members === undefined || posix[1] === "^") throw new Error(`invalid character class range: ${posix[0]}`);
        out += members;
        at += posix[0].length;
        continue;
      }
      if (char === "]") inClass = false;
      out += "[(){}/|&~!#$%*+,.:;<=>?@^`".includes(char) && char !== "^" ? `\\x${hex(char)}` : char;
      at += char.length;
      continue;
    }
    if (char === "[") {
      inClass = true;
      const open = /^\[\^?\]?/.exec(pattern.slice(at)) as RegExpExecArray;
      out += open[0].endsWith("]") ? `${open[0].slice(0, -1)}\\]` : open[0];
      at += open[0].length;
    } else if (char === ".") {
      out += dotAll ? "[^]" : "[^\\n]";
      at += 1;
    } else if (pattern.startsWith("(?P<", at)) {
      out += "(?<";
      at += 4;
    } else if (/^\(\?(?!:|<[A-Za-z])/.test(pattern.slice(at))) {
      throw new Error(`not supported here: ${pattern.slice(at, at + 4)}`);
    } else {
      out +=
        char === "{" && !/^\{\d+(,\d*)?\}/.test(pattern.slice(at))
          ? "\\{"
          : char === "}" && !closesCount(out)
            ? "\\}"
            : char;
      at += char.length;
    }
  }
  return new RegExp(out, flags);
}

const hex = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, "0");
const closesCount = (out: string): boolean => /\{\d+(,\d*)?$/.test(out);

function translateEscape(pattern: string, at: number, inClass: boolean): { text: string; end: number } {
  const rest = pattern.slice(at + 1);
  const next = rest[0];
  if (next === undefined) throw new Error("trailing \\");
  const property = /^[pP](\{\^?\w+\}|[A-Z])/.exec(rest);
  if (property !== null) {
    const name = (property[1] as string).replace(/[{}]/g, "");
    const long = /^(L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfon]?)$/.test(name)
      ? name
      : `Script=${name}`;
    return { text: `\\${next}{${long}}`, end: at + 1 + property[0].length };
  }
  const code = /^x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/.exec(rest);
  if (code !== null) return { text: `\\u{${code[1] ?? code[2]}}`, end: at + 1 + code[0].length };
  const end = at + 2;
  switch (next) {
    case "A":
      return { text: "(?<![^])", end };
    case "z":
      return { text: "(?![^])", end };
    case "s":
      return { text: inClass ? SPACE : `[${SPACE}]`, end };
    case "S":
      if (inClass) throw new Error("not supported here: \\S in a class");
      return { text: `[^${SPACE}]`, end };
    case "a":
      return { text: "\\x07", end };
    case "d":
    case "D":
    case "w":
    case "W":
    case "b":
    case "B":
    case "n":
    case "r":
    case "t":
    case "f":
    case "v":
      return { text: `\\${next}`, end };
    case "Q": {
      const close = rest.indexOf("\\E");
      const literal = close === -1 ? rest.slice(1) : rest.slice(1, close);
      return {
        text: literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"),
        end: close === -1 ? pattern.length : at + 3 + close,
      };
    }
    default:
      if (/[A-Za-z0-9]/.test(next)) throw new Error(`invalid escape sequence: \\${next}`);
      return { text: /[\\^$.*+?()[\]{}|/]/.test(next) || (inClass && next === "-") ? `\\${next}` : next, end };
  }
}

/** How many capturing groups a pattern has. */
export function groupCount(pattern: string): number {
  const { source, flags } = regularExpression(pattern);
  return (new RegExp(`${source}|`, flags).exec("")?.length ?? 1) - 1;
}

export interface Found {
  readonly start: number;
  readonly end: number;
  /** The first group, or all where the pattern has none; undefined: the group took no part. */
  readonly text: string | undefined;
  readonly textStart: number;
  readonly textEnd: number;
}

/** All matches from left to right as GoogleSQL steps through them: an empty match moves on by one character, none is looked for at the end. */
export function* matchesOf(text: string, pattern: string): Generator<Found> {
  const expression = regularExpression(pattern);
  let at = 0;
  do {
    expression.lastIndex = at;
    const match = expression.exec(text);
    if (match === null) return;
    const indices = match.indices as RegExpIndicesArray;
    const [start, end] = indices[0] as [number, number];
    const group = match.length > 1 ? indices[1] : [start, end];
    yield {
      start,
      end,
      text: group === undefined ? undefined : text.slice(group[0], group[1]),
      textStart: group?.[0] ?? -1,
      textEnd: group?.[1] ?? -1,
    };
    if (end > start) at = end;
    else at = end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
  } while (at < text.length);
}
