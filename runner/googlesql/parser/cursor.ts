import type { Identifier } from "../ast.js";
import type { Span } from "../contract.js";
import { type SqlProblem, syntaxError } from "../errors.js";
import { describeToken, isReserved, type Token, tokenize } from "../lexer.js";
import { Groups } from "./groups.js";

/** A position in the token stream with the small questions every parser function asks. */
export class Cursor {
  private readonly tokens: readonly Token[];
  private at = 0;
  private groups: Groups | undefined;

  constructor(readonly sql: string) {
    this.tokens = tokenize(sql);
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    if (this.at < this.tokens.length - 1) this.at += 1;
    return token;
  }

  mark(): number {
    return this.at;
  }

  reset(mark: number): void {
    this.at = mark;
  }

  /** Whether a query begins here, in parentheses or not. */
  startsQuery(): boolean {
    this.groups ??= new Groups(this.tokens);
    return this.groups.startsQuery(this.at);
  }

  /** End offset of the last consumed token. */
  lastEnd(): number {
    return this.at === 0 ? 0 : (this.tokens[this.at - 1] as Token).end;
  }

  span(start: number): Span {
    return { start, end: this.lastEnd() };
  }

  /** The place of a `?` among those of the text, from 1. */
  markNumber(mark: Token): number {
    return this.tokens.filter(
      ({ kind, value, start }) => kind === "punctuation" && value === "?" && start <= mark.start,
    ).length;
  }

  atEnd(): boolean {
    return this.peek().kind === "end";
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "word" && token.value === word;
  }

  isWords(...words: string[]): boolean {
    return words.every((word, i) => this.isWord(word, i));
  }

  /** True, and consumed, if the next tokens are these words. */
  acceptWords(...words: string[]): boolean {
    if (!this.isWords(...words)) return false;
    this.at += words.length;
    return true;
  }

  expectWord(word: string): Token {
    if (!this.isWord(word)) throw this.expected(`keyword ${word}`);
    return this.next();
  }

  is(punctuation: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "punctuation" && token.value === punctuation;
  }

  accept(punctuation: string): boolean {
    if (!this.is(punctuation)) return false;
    this.at += 1;
    return true;
  }

  expect(punctuation: string): Token {
    if (!this.is(punctuation)) throw this.expected(`"${punctuation}"`);
    return this.next();
  }

  /** `Expected .. but got ..` at the next token. */
  expected(what: string): SqlProblem {
    const token = this.peek();
    if (token.kind === "end") return this.unexpected();
    return syntaxError(`Expected ${what} but got ${describeToken(token)}`, token);
  }

  unexpected(): SqlProblem {
    const token = this.peek();
    return syntaxError(`Unexpected ${describeToken(token)}`, token);
  }

  isIdentifier(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "quoted" || (token.kind === "word" && !isReserved(token));
  }

  identifier(what = "identifier"): Identifier {
    if (!this.isIdentifier()) throw this.expected(what);
    return this.identifierLike();
  }

  /** After a dot any word is a name, reserved or not. */
  identifierAfterDot(): Identifier {
    const { kind } = this.peek();
    if (kind !== "word" && kind !== "quoted") throw this.expected("identifier");
    return this.identifierLike();
  }

  /** `[AS] alias`; without AS only where the next word is not reserved. */
  optionalAlias(): Identifier | undefined {
    if (this.acceptWords("AS")) return this.identifier();
    return this.isIdentifier() ? this.identifierLike() : undefined;
  }

  /** One or more of `item`, separated by commas. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.accept(",")) items.push(item());
    return items;
  }

  parenthesized<T>(item: () => T): T {
    this.expect("(");
    const value = item();
    this.expect(")");
    return value;
  }

  private identifierLike(): Identifier {
    const token = this.next();
    return { name: token.kind === "quoted" ? token.value : token.text, start: token.start, end: token.end };
  }
}
