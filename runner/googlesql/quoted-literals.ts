import { syntaxError } from "./errors.js";

/** A string, bytes or backtick literal with its escapes decoded; bytes have one character (0-255) per byte. */
export interface QuotedLiteral {
  readonly bytes: boolean;
  readonly value: string;
  readonly end: number;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "?": "?",
  '"': '"',
  "'": "'",
  "`": "`",
};

/**
 * Decodes the literal that starts at `start` (optional r/b prefixes, one or three quotes, or a backtick).
 * Escapes: https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#escape_sequences
 */
export function decodeQuoted(sql: string, start: number): QuotedLiteral {
  let at = start;
  let raw = false;
  let bytes = false;
  while (/[rRbB]/.test(sql[at] as string)) {
    if (/[rR]/.test(sql[at] as string)) raw = true;
    else bytes = true;
    at += 1;
  }
  const quoteChar = sql[at] as string;
  const triple = quoteChar !== "`" && sql.startsWith(quoteChar.repeat(3), at);
  const quote = triple ? quoteChar.repeat(3) : quoteChar;
  const what = quoteChar === "`" ? "identifier" : `${triple ? "triple-quoted " : ""}${bytes ? "bytes" : "string"}`;
  at += quote.length;
  let value = "";
  for (;;) {
    const char = sql[at];
    if (char === undefined || (!triple && char === "\n")) {
      throw syntaxError(`Unclosed ${what}${what === "identifier" ? "" : " literal"}`, { start, end: at });
    }
    if (sql.startsWith(quote, at)) return { bytes, value, end: at + quote.length };
    if (char === "\\") {
      const decoded = raw ? rawEscape(sql, at) : decodeEscape(sql, at, bytes, what);
      value += decoded.value;
      at = decoded.end;
    } else {
      const codePoint = sql.codePointAt(at) as number;
      const text = String.fromCodePoint(codePoint);
      value += bytes && codePoint > 127 ? utf8Bytes(text) : text;
      at += text.length;
    }
  }
}

function rawEscape(sql: string, at: number): { value: string; end: number } {
  if (at + 1 >= sql.length) throw syntaxError("Unclosed string literal", { start: at, end: at + 1 });
  return { value: sql.slice(at, at + 2), end: at + 2 };
}

function decodeEscape(sql: string, at: number, bytes: boolean, what: string): { value: string; end: number } {
  const letter = sql[at + 1] ?? "";
  const simple = SIMPLE_ESCAPES[letter];
  if (simple !== undefined) return { value: simple, end: at + 2 };
  const digits = (pattern: RegExp, from: number): string => {
    pattern.lastIndex = from;
    const match = pattern.exec(sql);
    if (match === null) throw invalidEscape(sql, at, what);
    return match[0];
  };
  if (/[0-3]/.test(letter)) {
    const text = digits(/[0-3][0-7]{2}/y, at + 1);
    return { value: String.fromCharCode(Number.parseInt(text, 8)), end: at + 4 };
  }
  if (letter === "x" || letter === "X") {
    const text = digits(/[0-9a-fA-F]{2}/y, at + 2);
    return { value: String.fromCharCode(Number.parseInt(text, 16)), end: at + 4 };
  }
  if ((letter === "u" || letter === "U") && !bytes) {
    const size = letter === "u" ? 4 : 8;
    const text = digits(size === 4 ? /[0-9a-fA-F]{4}/y : /[0-9a-fA-F]{8}/y, at + 2);
    const codePoint = Number.parseInt(text, 16);
    if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) throw invalidEscape(sql, at, what);
    return { value: String.fromCodePoint(codePoint), end: at + 2 + size };
  }
  throw invalidEscape(sql, at, what);
}

function invalidEscape(sql: string, at: number, what: string): Error {
  return syntaxError(`Invalid ${what} literal: Illegal escape sequence: ${sql.slice(at, at + 2)}`, {
    start: at,
    end: at + 2,
  });
}

function utf8Bytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
