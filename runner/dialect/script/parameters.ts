import { tokenize } from "../../googlesql/lexer.js";

/** Writes each `?` of a text as a named parameter, `@_1`, `@_2`, .. */
export function positionalParameters(text: string): { readonly sql: string; readonly count: number } {
  const marks = tokenize(text).filter((token) => token.kind === "punctuation" && token.value === "?");
  let sql = "";
  let end = 0;
  for (const [i, mark] of marks.entries()) {
    sql += `${text.slice(end, mark.start)}@_${i + 1}`;
    end = mark.end;
  }
  return { sql: sql + text.slice(end), count: marks.length };
}
