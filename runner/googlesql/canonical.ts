import { isReserved, type Token, tokenize } from "./lexer.js";

/**
 * The token stream without comments and insignificant whitespace: two texts of the same canonical form mean the same.
 * Reserved words are upper-cased; every other token keeps its exact text, because case can reach an output column's name.
 */
export function canonicalText(sql: string): string {
  const tokens = tokenize(sql);
  let text = "";
  let previous: Token | undefined;
  for (const token of tokens) {
    if (token.kind === "end") break;
    if (previous !== undefined && !(previous.end === token.start && isGlued(previous, token))) text += " ";
    text += isReserved(token) ? token.value : token.text;
    previous = token;
  }
  return text;
}

/** Where touching matters: `a-b` may be one table name, `>>` one operator. */
function isGlued(left: Token, right: Token): boolean {
  return [left, right].some((token) => token.kind === "punctuation" && "-<>".includes(token.text));
}
