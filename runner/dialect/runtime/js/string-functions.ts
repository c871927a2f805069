import { fromBase32, toBase32 } from "./base32.js";
import { type JsFunction, lenient, strict } from "./js-function.js";
import { groupCount, matchesOf } from "./regular-expression.js";

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** The 1-based code point position of a UTF-16 offset. */
const positionOf = (text: string, offset: number): bigint => BigInt([...text.slice(0, offset)].length + 1);

/** The text from a 1-based position on; undefined: the position lies beyond its end. */
function textFrom(text: string, position: bigint): string | undefined {
  if (position < 1n) throw new Error("Position must be positive");
  if (position === 1n) return text;
  const points = [...text];
  return Number(position) > points.length + 1 ? undefined : points.slice(Number(position) - 1).join("");
}

function instr(text: string, part: string, position: bigint, occurrence: bigint): bigint {
  if (position === 0n) throw new Error("Position must be non-zero");
  if (occurrence < 1n) throw new Error("Occurrence must be positive");
  const value = [...text];
  const wanted = [...part];
  const fits = (at: number): boolean => wanted.every((char, i) => value[at + i] === char);
  const last = value.length - wanted.length;
  const step = position > 0n ? 1 : -1;
  // From the end an empty text is found one place further on.
  const empty = wanted.length === 0 ? 1 : 0;
  const start = position > 0n ? Number(position) - 1 : Math.min(last, value.length + Number(position) + empty);
  let left = Number(occurrence);
  for (let at = start; at >= 0 && at <= last; at += step) {
    if (fits(at) && --left === 0) return BigInt(at + 1);
  }
  return 0n;
}

function translate(text: string, from: string, to: string): string {
  const target = [...to];
  const map = new Map<string, string>();
  for (const [i, char] of [...from].entries()) {
    if (map.has(char)) throw new Error(`Duplicate character "${char}" in TRANSLATE source characters`);
    map.set(char, target[i] ?? "");
  }
  return Array.from(text, (char) => map.get(char) ?? char).join("");
}

const SOUNDEX_CODES: Readonly<Record<string, string>> = Object.fromEntries(
  ["BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"].flatMap((letters, i) =>
    [...letters].map((letter) => [letter, `${i + 1}`]),
  ),
);

/** The first letter and three digits; letters of one code count once, H and W between them do not part them. */
function soundex(text: string): string {
  const letters = [...text].filter((char) => /[A-Za-z]/.test(char));
  const [first] = letters;
  if (first === undefined) return "";
  let result = first;
  let last = SOUNDEX_CODES[first.toUpperCase()];
  for (const letter of letters.slice(1).map((char) => char.toUpperCase())) {
    const code = SOUNDEX_CODES[letter];
    if (code !== undefined && code !== last) result += code;
    if (letter !== "H" && letter !== "W") last = code;
  }
  return result.slice(0, 4).padEnd(4, "0");
}

function initcap(text: string, delimiters: string): string {
  const parts = new Set(delimiters);
  let start = true;
  return Array.from(text, (char) => {
    const shown = start ? char.toUpperCase() : char.toLowerCase();
    start = parts.has(char);
    return shown;
  }).join("");
}

/** Levenshtein distance in code points, no more than `most`. */
function editDistance(a: string, b: string, most: bigint): bigint {
  if (most < 0n) throw new Error("max_distance must be non-negative");
  const [left, right] = [[...a], [...b]];
  let row = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (const [i, x] of left.entries()) {
    const next = [i + 1];
    for (const [j, y] of right.entries()) {
      next.push(Math.min((next[j] as number) + 1, (row[j + 1] as number) + 1, (row[j] as number) + (x === y ? 0 : 1)));
    }
    row = next;
  }
  const distance = BigInt(row.at(-1) as number);
  return distance < most ? distance : most;
}

function checkedCodePoint(point: bigint): number {
  const code = Number(point);
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new Error(`Invalid codepoint ${point}`);
  return code;
}

/** `1,234.5-` and its like as plain decimal text. */
function parseNumeric(text: string, type: string): string {
  const match = /^\s*([+-]?)\s*((?:\d[\d,]*)?)(\.\d*)?((?:[eE][+-]?\d+)?)\s*([+-]?)\s*$/.exec(text);
  const [, before = "", whole = "", fraction = "", exponent = "", after = ""] = match ?? [];
  const digits = `${whole}${fraction}`.replace(/[,.]/g, "");
  if (match === null || digits === "" || (before !== "" && after !== ""))
    throw new Error(`Invalid input to PARSE_${type}: "${text}"`);
  return `${before || after}${whole.replaceAll(",", "") || "0"}${fraction}${exponent}`;
}

/** Shifts fill with zeros; beyond the width nothing is left. */
function shift(value: bigint, count: bigint, left: boolean): bigint {
  if (count < 0n) throw new Error(`Bitwise shift by negative offset.`);
  if (count >= 64n) return 0n;
  return BigInt.asIntN(64, left ? value << count : BigInt.asUintN(64, value) >> count);
}

function shiftBytes(bytes: Uint8Array, count: bigint, left: boolean): Uint8Array {
  if (count < 0n) throw new Error(`Bitwise shift by negative offset.`);
  const width = BigInt(bytes.length * 8);
  const value = bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  const moved = count >= width ? 0n : BigInt.asUintN(Number(width), left ? value << count : value >> count);
  return Buffer.from(moved.toString(16).padStart(bytes.length * 2, "0"), "hex").subarray(0, bytes.length);
}

function combineBytes(a: Uint8Array, b: Uint8Array, operator: string): Uint8Array {
  if (a.length !== b.length)
    throw new Error(
      `Bitwise binary operator for BYTES requires equal length of the inputs. Got ${a.length} bytes on the left hand side and ${b.length} bytes on the right hand side.`,
    );
  return a.map((byte, i) => {
    const other = b[i] as number;
    return operator === "&" ? byte & other : operator === "|" ? byte | other : byte ^ other;
  });
}

function nthMatch(text: string, pattern: string, occurrence: bigint) {
  const groups = groupCount(pattern);
  if (groups > 1)
    throw new Error(
      `Regular expressions passed into extraction functions must not have more than 1 capturing group, got ${groups}: ${pattern}`,
    );
  if (occurrence < 1n) throw new Error("Occurrence must be positive");
  let left = occurrence;
  for (const match of matchesOf(text, pattern)) if (--left === 0n) return match;
  return undefined;
}

/** Text and bytes. Bytes go through string functions as Latin-1 text, one character a byte. */
export const STRING_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_latin1_text", ["BYTES"], "STRING", latin1),
  strict("bq_latin1_bytes", ["STRING"], "BYTES", (text) => Buffer.from(text, "latin1")),
  strict("bq_ascii_upper", ["STRING"], "STRING", (text) => text.replace(/[a-z]+/g, (part) => part.toUpperCase())),
  strict("bq_ascii_lower", ["STRING"], "STRING", (text) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())),
  strict("bq_instr", ["STRING", "STRING", "INT64", "INT64"], "INT64", instr),
  strict("bq_translate", ["STRING", "STRING", "STRING"], "STRING", translate),
  strict("bq_soundex", ["STRING"], "STRING", soundex),
  strict("bq_initcap", ["STRING", "STRING"], "STRING", initcap),
  strict("bq_edit_distance", ["STRING", "STRING", "INT64"], "INT64", editDistance),
  strict("bq_normalize", ["STRING", "STRING"], "STRING", (text, mode) => text.normalize(mode)),
  strict("bq_normalize_and_casefold", ["STRING", "STRING"], "STRING", (text, mode) =>
    text.normalize(mode).toUpperCase().toLowerCase().normalize(mode),
  ),
  strict("bq_to_base32", ["BYTES"], "STRING", toBase32),
  strict("bq_from_base32", ["STRING"], "BYTES", fromBase32),
  strict("bq_from_base64", ["STRING"], "BYTES", (text) => {
    const digits = text.replace(/[ \t\r\n]/g, "");
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(digits) || digits.replace(/=+$/, "").length % 4 === 1)
      throw new Error("Failed to decode invalid base64 string");
    return Buffer.from(digits, "base64");
  }),
  strict("bq_from_hex", ["STRING"], "BYTES", (text) => {
    if (/[^0-9a-fA-F]/.test(text))
      throw new Error("Failed to decode invalid hexadecimal string due to character at position");
    return Buffer.from(text.length % 2 === 1 ? `0${text}` : text, "hex");
  }),
  strict("bq_bytes_to_string", ["BYTES"], "STRING", (bytes) => {
    const text = Buffer.from(bytes).toString("utf8");
    if (text.includes("\ufffd") && !Buffer.from(text).equals(Buffer.from(bytes)))
      throw new Error("Invalid cast of bytes to UTF8 string");
    return text;
  }),
  strict("bq_safe_bytes_to_string", ["BYTES"], "STRING", (bytes) => Buffer.from(bytes).toString("utf8")),
  strict("bq_code_points", ["STRING"], "INTS", (text) =>
    Array.from(text, (char) => BigInt(char.codePointAt(0) as number)),
  ),
  strict("bq_byte_values", ["BYTES"], "INTS", (bytes) => Array.from(bytes, (byte) => BigInt(byte))),
  strict("bq_text_of_code_points", ["INTS"], "STRING", (points) =>
    points.includes(null)
      ? null
      : points.map((point) => String.fromCodePoint(checkedCodePoint(point as bigint))).join(""),
  ),
  strict("bq_bytes_of_code_points", ["INTS"], "BYTES", (points) => {
    if (points.includes(null)) return null;
    const bad = points.find((point) => (point as bigint) < 0n || (point as bigint) > 255n);
    if (bad !== undefined) throw new Error(`Invalid ASCII value ${bad}`);
    return new Uint8Array(points.map(Number));
  }),
  strict("bq_chr", ["INT64"], "STRING", (point) => String.fromCodePoint(checkedCodePoint(point))),
  strict(
    "bq_regexp_instr",
    ["STRING", "STRING", "INT64", "INT64", "INT64"],
    "INT64",
    (text, pattern, position, occurrence, end) => {
      if (end !== 0n && end !== 1n) throw new Error("Invalid return_position_after_match.");
      if (pattern === "") return 0n;
      const rest = textFrom(text, position);
      const match = rest === undefined ? undefined : nthMatch(rest, pattern, occurrence);
      if (rest === undefined || match === undefined || match.textStart < 0) return 0n;
      return positionOf(rest, end === 1n ? match.textEnd : match.textStart) + position - 1n;
    },
  ),
  strict(
    "bq_regexp_extract",
    ["STRING", "STRING", "INT64", "INT64"],
    "STRING",
    (text, pattern, position, occurrence) => {
      const rest = textFrom(text, position);
      return (rest === undefined ? undefined : nthMatch(rest, pattern, occurrence)?.text) ?? null;
    },
  ),
  strict("bq_regexp_extract_all", ["STRING", "STRING"], "STRINGS", (text, pattern) =>
    Array.from(matchesOf(text, pattern), (match) => match.text ?? ""),
  ),
  strict("bq_parse_numeric", ["STRING", "STRING"], "STRING", parseNumeric),
  strict("bq_shift_left", ["INT64", "INT64"], "INT64", (value, count) => shift(value, count, true)),
  strict("bq_shift_right", ["INT64", "INT64"], "INT64", (value, count) => shift(value, count, false)),
  strict("bq_shift_bytes_left", ["BYTES", "INT64"], "BYTES", (value, count) => shiftBytes(value, count, true)),
  strict("bq_shift_bytes_right", ["BYTES", "INT64"], "BYTES", (value, count) => shiftBytes(value, count, false)),
  strict("bq_combine_bytes", ["BYTES", "BYTES", "STRING"], "BYTES", combineBytes),
  strict("bq_invert_bytes", ["BYTES"], "BYTES", (bytes) => bytes.map((byte) => ~byte)),
  strict("bq_bytes_bit_count", ["BYTES"], "INT64", (bytes) =>
    BigInt(bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0)),
  ),
  strict("bq_join", ["STRINGS", "STRING", "STRING"], "STRING", (texts, separator, missing) =>
    texts.map((text) => text ?? missing).join(separator),
  ),
  lenient("bq_contains_substr", ["STRING", "STRINGS"], "BOOL", (wanted, texts) => {
    if (wanted === null) throw new Error("CONTAINS_SUBSTR search_value cannot be NULL");
    const fold = (text: string): string => text.normalize("NFKC").toLowerCase();
    const found = (texts ?? []).some((text) => text !== null && fold(text).includes(fold(wanted)));
    return found ? true : (texts ?? [null]).includes(null) ? null : false;
  }),
];
