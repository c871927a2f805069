import type { Token } from "../lexer.js";

const SET_OPERATORS = new Set(["UNION", "INTERSECT", "EXCEPT"]);
/** What may stand before the word of a set operation. */
const SET_MODES = new Set(["INNER", "LEFT", "FULL", "OUTER"]);

/** Tells the parentheses around queries from those around expressions without reading either, however deep they are nested. */
export class Groups {
  readonly #closing: ReadonlyMap<number, number>;
  readonly #answers = new Map<number, boolean>();

  constructor(private readonly tokens: readonly Token[]) {
    this.#closing = closingParentheses(tokens);
  }

  /** Whether a query begins at a token: `SELECT ..`, `(SELECT ..) UNION ALL ..`, but not the `(SELECT 1) + 1` of an expression. */
  startsQuery(at: number): boolean {
    const known = this.#answers.get(at);
    if (known !== undefined) return known;
    let inner = at;
    while (isPunctuation(this.tokens[inner], "(")) inner += 1;
    let answer = this.#startsWithKeyword(inner);
    for (let open = inner - 1; open >= at; open -= 1) {
      answer &&= this.#goesOnAsQuery(open);
      this.#answers.set(open, answer);
    }
    return answer;
  }

  #startsWithKeyword(at: number): boolean {
    const token = this.tokens[at];
    if (token?.kind !== "word") return false;
    if (token.value === "SELECT" || token.value === "FROM") return true;
    return token.value === "WITH" && !isPunctuation(this.tokens[at + 1], "(");
  }

  /** Whether what follows a query in parentheses makes it a part of a query. */
  #goesOnAsQuery(open: number): boolean {
    const close = this.#closing.get(open);
    if (close === undefined) return true;
    let after = close + 1;
    while (SET_MODES.has(this.#word(after))) after += 1;
    const word = this.#word(after);
    if (SET_OPERATORS.has(word)) return true;
    if (after > close + 1) return false;
    const token = this.tokens[after];
    return (
      word === "ORDER" ||
      word === "LIMIT" ||
      token?.kind === "end" ||
      [")", "|>", ";"].some((end) => isPunctuation(token, end))
    );
  }

  #word(at: number): string {
    const token = this.tokens[at];
    return token?.kind === "word" ? token.value : "";
  }
}

function isPunctuation(token: Token | undefined, value: string): boolean {
  return token?.kind === "punctuation" && token.value === value;
}

function closingParentheses(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (const [i, token] of tokens.entries()) {
    if (isPunctuation(token, "(")) open.push(i);
    const start = isPunctuation(token, ")") ? open.pop() : undefined;
    if (start !== undefined) closing.set(start, i);
  }
  return closing;
}
