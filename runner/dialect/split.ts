import { locateErrors } from "./errors.js";
import { tokenize } from "./lexer.js";

/** The statements of a text, split at semicolons outside literals and comments; empty ones are left out. */
export function splitStatements(sql: string): string[] {
  return locateErrors(sql, () => {
    const statements: string[] = [];
    let start = 0;
    let tokens = 0;
    for (const token of tokenize(sql)) {
      if (token.kind !== "end" && token.text !== ";") {
        tokens += 1;
        continue;
      }
      if (tokens > 0) statements.push(sql.slice(start, token.start));
      start = token.end;
      tokens = 0;
    }
    return statements;
  });
}
