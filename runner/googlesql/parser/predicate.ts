import type { Expr, InSet } from "../ast.js";
import type { Cursor } from "./cursor.js";
import { parseBitOr, parseExpression } from "./expression.js";
import { parseQuery } from "./query.js";

/** `IS ..`, `[NOT] BETWEEN ..`, `[NOT] LIKE ..` or `[NOT] IN ..` after their left side; undefined, with nothing read, where none follows. */
export function acceptPredicate(c: Cursor, left: Expr): Expr | undefined {
  if (c.isWord("IS")) return parseIs(c, left);
  const negated = c.isWord("NOT") && (c.isWord("IN", 1) || c.isWord("LIKE", 1) || c.isWord("BETWEEN", 1));
  if (negated) c.next();
  if (c.acceptWords("BETWEEN")) {
    const low = parseBitOr(c);
    c.expectWord("AND");
    const high = parseBitOr(c);
    return { kind: "between", negated, value: left, low, high, start: left.start, end: high.end };
  }
  if (c.acceptWords("LIKE")) return parseLike(c, left, negated);
  if (c.acceptWords("IN")) {
    const set = parseInSet(c);
    return { kind: "in", negated, value: left, set, ...c.span(left.start) };
  }
  return undefined;
}

function parseIs(c: Cursor, value: Expr): Expr {
  c.expectWord("IS");
  const negated = c.acceptWords("NOT");
  if (c.acceptWords("DISTINCT", "FROM")) {
    const right = parseBitOr(c);
    return { kind: "isDistinct", negated, left: value, right, start: value.start, end: right.end };
  }
  for (const test of ["NULL", "TRUE", "FALSE", "UNKNOWN"] as const) {
    if (c.acceptWords(test)) return { kind: "is", negated, value, test, ...c.span(value.start) };
  }
  throw c.expected("keyword NULL");
}

function parseLike(c: Cursor, value: Expr, negated: boolean): Expr {
  const quantifier = c.acceptWords("ANY") || c.acceptWords("SOME") ? "ANY" : c.acceptWords("ALL") ? "ALL" : undefined;
  const patterns = quantifier === undefined ? [parseBitOr(c)] : parsePatterns(c);
  return { kind: "like", negated, value, quantifier, patterns, ...c.span(value.start) };
}

/** `(pattern, ..)`, `UNNEST(array)`, or a subquery of patterns. */
function parsePatterns(c: Cursor): Extract<Expr, { kind: "like" }>["patterns"] {
  if (c.acceptWords("UNNEST")) return { array: c.parenthesized(() => parseExpression(c)) };
  const { start } = c.peek();
  return c.parenthesized(() => {
    if (!c.startsQuery()) return c.list(() => parseExpression(c));
    return { array: { kind: "arrayQuery", query: parseQuery(c), ...c.span(start) } };
  });
}

function parseInSet(c: Cursor): InSet {
  if (c.acceptWords("UNNEST")) return { kind: "unnest", array: c.parenthesized(() => parseExpression(c)) };
  return c.parenthesized((): InSet => {
    if (c.startsQuery()) return { kind: "query", query: parseQuery(c) };
    return { kind: "list", values: c.list(() => parseExpression(c)) };
  });
}
