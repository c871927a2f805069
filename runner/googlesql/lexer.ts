import type { Span } from "./contract.js";
import { syntaxError } from "./errors.js";
import { RESERVED } from "./keywords.js";
import { decodeQuoted } from "./quoted-literals.js";

/**
 * `word`: an unquoted identifier or keyword; `quoted`: a backtick identifier; `punctuation`: an operator or bracket.
 * `<` and `>` are always single characters, because `>>` may close two type brackets.
 */
export type TokenKind =
  | "word"
  | "quoted"
  | "integer"
  | "float"
  | "string"
  | "bytes"
  | "parameter"
  | "systemVariable"
  | "punctuation"
  | "end";

export interface Token extends Span {
  readonly kind: TokenKind;
  /** The exact text. */
  readonly text: string;
  /** Upper case for words; decoded content for quoted identifiers, strings and bytes (one char per byte); else the text. */
  readonly value: string;
}

const TWO_CHAR = new Set(["<=", ">=", "!=", "<>", "||", "=>", "|>", "->"]);
const ONE_CHAR = new Set("+-*/(),.;[]{}=<>&|^~@?:".split(""));
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isWordStart = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95 || code > 127;
const isWordPart = (code: number): boolean => isWordStart(code) || isDigit(code);
const STRING_START = /(?:[rR][bB]?|[bB][rR]?)?("""|'''|"|')/y;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?/y;

/** Splits GoogleSQL into tokens; whitespace and comments are dropped. The last token has kind `end`. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: TokenKind, end: number, value?: string): void => {
    const text = sql.slice(at, end);
    tokens.push({ kind, text, value: value ?? text, start: at, end });
    at = end;
  };
  for (;;) {
    at = skipBlank(sql, at);
    if (at >= sql.length) break;
    const code = sql.charCodeAt(at);
    const char = sql[at] as string;
    if (char === '"' || char === "'" || isPrefixedString(sql, at)) {
      const literal = decodeQuoted(sql, at);
      push(literal.bytes ? "bytes" : "string", literal.end, literal.value);
    } else if (isWordStart(code)) {
      let end = at + 1;
      while (end < sql.length && isWordPart(sql.charCodeAt(end))) end += 1;
      push("word", end, sql.slice(at, end).toUpperCase());
    } else if (char === "`") {
      const literal = decodeQuoted(sql, at);
      if (literal.value === "") throw syntaxError("Invalid empty identifier", { start: at, end: literal.end });
      push("quoted", literal.end, literal.value);
    } else if (isDigit(code) || (char === "." && isDigit(sql.charCodeAt(at + 1)) && !endsOperand(tokens.at(-1), at))) {
      pushNumber(sql, at, push);
    } else if (char === "@") {
      pushVariable(sql, at, push);
    } else if (TWO_CHAR.has(sql.slice(at, at + 2))) {
      push("punctuation", at + 2, sql.slice(at, at + 2) === "<>" ? "!=" : undefined);
    } else if (ONE_CHAR.has(char)) {
      push("punctuation", at + 1);
    } else {
      throw syntaxError(`Illegal input character "${char}"`, { start: at, end: at + 1 });
    }
  }
  push("end", sql.length);
  return tokens;
}

/** True for a token that cannot name anything without backticks. */
export function isReserved(token: Token): boolean {
  return token.kind === "word" && RESERVED.has(token.value);
}

/** How GoogleSQL's parser names a token in "Expected .. but got ..". */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case "end":
      return "end of statement";
    case "word":
      return RESERVED.has(token.value) ? `keyword ${token.value}` : `identifier "${token.text}"`;
    case "quoted":
      return `identifier ${token.text}`;
    case "integer":
      return `integer literal "${token.text}"`;
    case "float":
      return `floating point literal "${token.text}"`;
    case "string":
      return `string literal ${token.text}`;
    case "bytes":
      return `bytes literal ${token.text}`;
    default:
      return `"${token.text}"`;
  }
}

function skipBlank(sql: string, from: number): number {
  let at = from;
  for (;;) {
    const char = sql[at];
    if (char === undefined) return at;
    if (/\s|\uFEFF/.test(char)) at += 1;
    else if (char === "#" || (char === "-" && sql[at + 1] === "-")) {
      const newline = sql.indexOf("\n", at);
      if (newline === -1) return sql.length;
      at = newline + 1;
    } else if (char === "/" && sql[at + 1] === "*") {
      const close = sql.indexOf("*/", at + 2);
      if (close === -1) throw syntaxError("Unclosed comment", { start: at, end: sql.length });
      at = close + 2;
    } else return at;
  }
}

function isPrefixedString(sql: string, at: number): boolean {
  if (!/[rRbB]/.test(sql[at] as string)) return false;
  STRING_START.lastIndex = at;
  return STRING_START.test(sql);
}

/** In `t.5x` or `).5` the dot is an access, in `+ .5` it starts a number. */
function endsOperand(previous: Token | undefined, at: number): boolean {
  if (previous === undefined || previous.end !== at) return false;
  return previous.kind !== "punctuation" || previous.text === ")" || previous.text === "]";
}

type Push = (kind: TokenKind, end: number, value?: string) => void;

function pushNumber(sql: string, at: number, push: Push): void {
  NUMBER.lastIndex = at;
  const text = (NUMBER.exec(sql) as RegExpExecArray)[0];
  const end = at + text.length;
  if (end < sql.length && isWordPart(sql.charCodeAt(end))) {
    throw syntaxError("Missing whitespace between literal and alias", { start: end, end: end + 1 });
  }
  push(/^0[xX]/.test(text) || /^\d+$/.test(text) ? "integer" : "float", end);
}

function pushVariable(sql: string, at: number, push: Push): void {
  const system = sql[at + 1] === "@";
  let end = at + (system ? 2 : 1);
  const closing = !system && sql[end] === "`" ? sql.indexOf("`", end + 1) : -1;
  if (closing > end + 1) end = closing + 1;
  else while (end < sql.length && (isWordPart(sql.charCodeAt(end)) || (system && sql[end] === "."))) end += 1;
  if (end === at + 1) push("punctuation", at + 1);
  else push(system ? "systemVariable" : "parameter", end);
}
