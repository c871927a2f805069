import { type Token, tokenize } from "./lexer.js";

/**
 * A query that may stand within another one: without the white space around it, and without a semicolon that closes it, behind which
 * only a comment can stand. Text that is no GoogleSQL, or more than one statement, stays for others to refuse.
 */
export function openQuery(sql: string): string {
  const text = sql.trim();
  if (!text.includes(";")) return text;
  const closing = closingSemicolon(text);
  return closing === undefined ? text : text.slice(0, closing.start).trimEnd();
}

/** The first of the semicolons behind which there is nothing else. */
function closingSemicolon(text: string): Token | undefined {
  try {
    const tokens = tokenize(text).slice(0, -1);
    return tokens[tokens.findLastIndex((token) => token.text !== ";") + 1];
  } catch {
    return undefined;
  }
}
