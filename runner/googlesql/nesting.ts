import type { Span } from "./contract.js";
import { SqlProblem } from "./errors.js";
import { tokenize } from "./lexer.js";

export const TOO_DEEP = "Too deeply nested for the embedded engine: compute parts of it in WITH queries";

const OPENING = new Set(["(", "[", "CASE"]);
const CLOSING = new Set([")", "]", "END"]);

/**
 * What a text is told whose parts are nested deeper than the stack of this process, found where it is deepest.
 * @returns undefined for any other error
 */
export function tooDeeplyNested(error: unknown, sql: string): SqlProblem | undefined {
  if (!(error instanceof RangeError) || !/call stack/.test(error.message)) return undefined;
  return new SqlProblem("unsupported", TOO_DEEP, deepest(sql));
}

function deepest(sql: string): Span {
  let depth = 0;
  let most = -1;
  let span: Span = { start: 0, end: 0 };
  for (const { kind, value, start, end } of tokenize(sql)) {
    if (kind !== "punctuation" && kind !== "word") continue;
    if (CLOSING.has(value)) depth -= 1;
    if (!OPENING.has(value)) continue;
    depth += 1;
    if (depth <= most) continue;
    most = depth;
    span = { start, end };
  }
  return span;
}
