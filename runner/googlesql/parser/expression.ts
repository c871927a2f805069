import type { BinaryOperator, Expr, InSet } from "../ast.js";
import { syntaxError } from "../errors.js";
import type { Cursor } from "./cursor.js";
import { parsePostfix } from "./primary.js";
import { parseQuery, startsQuery } from "./query.js";

/**
 * Operator precedence of GoogleSQL, lowest first: OR, AND, NOT, comparisons (not associative), `|`, `^`, `&`, shifts, `+ -`,
 * `* / ||`, unary. https://cloud.google.com/bigquery/docs/reference/standard-sql/operators#operator_precedence
 */
export function parseExpression(c: Cursor): Expr {
  let left = parseAnd(c);
  while (c.acceptWords("OR")) left = binary("OR", left, parseAnd(c));
  return left;
}

function parseAnd(c: Cursor): Expr {
  let left = parseNot(c);
  while (c.acceptWords("AND")) left = binary("AND", left, parseNot(c));
  return left;
}

function parseNot(c: Cursor): Expr {
  const start = c.peek().start;
  if (!c.acceptWords("NOT")) return parseComparison(c);
  const operand = parseNot(c);
  return { kind: "unary", op: "NOT", operand, start, end: operand.end };
}

const COMPARISONS = new Set(["=", "!=", "<", "<=", ">", ">="]);

function parseComparison(c: Cursor): Expr {
  const left = parseBitOr(c);
  const compared = comparisonTail(c, left);
  if (compared === undefined) return left;
  const again = c.peek();
  if (again.kind === "punctuation" && COMPARISONS.has(again.value)) {
    throw syntaxError(`Unexpected "${again.text}"`, again);
  }
  return compared;
}

function comparisonTail(c: Cursor, left: Expr): Expr | undefined {
  const token = c.peek();
  if (token.kind === "punctuation" && COMPARISONS.has(token.value) && !isShift(c)) {
    c.next();
    return binary(token.value as BinaryOperator, left, parseBitOr(c));
  }
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
    if (!startsQuery(c)) return c.list(() => parseExpression(c));
    const mark = c.mark();
    const query = parseQuery(c);
    if (c.is(")")) return { array: { kind: "arrayQuery", query, ...c.span(start) } };
    c.reset(mark);
    return c.list(() => parseExpression(c));
  });
}

function parseInSet(c: Cursor): InSet {
  if (c.acceptWords("UNNEST")) return { kind: "unnest", array: c.parenthesized(() => parseExpression(c)) };
  return c.parenthesized((): InSet => {
    if (startsQuery(c)) return { kind: "query", query: parseQuery(c) };
    return { kind: "list", values: c.list(() => parseExpression(c)) };
  });
}

type Level = { readonly operators: readonly BinaryOperator[] };
/** Left-associative levels from the loosest to the tightest. */
const LEVELS: readonly Level[] = [
  { operators: ["|"] },
  { operators: ["^"] },
  { operators: ["&"] },
  { operators: ["<<", ">>"] },
  { operators: ["+", "-"] },
  { operators: ["*", "/", "||"] },
];

/** An operand of a comparison: what may stand before IN. */
export function parseBitOr(c: Cursor): Expr {
  return parseLevel(c, 0);
}

function parseLevel(c: Cursor, level: number): Expr {
  const { operators } = LEVELS[level] as Level;
  const tighter = (): Expr => (level + 1 < LEVELS.length ? parseLevel(c, level + 1) : parseUnary(c));
  let left = tighter();
  for (;;) {
    const op = operators.find((candidate) => acceptOperator(c, candidate));
    if (op === undefined) return left;
    left = binary(op, left, tighter());
  }
}

function acceptOperator(c: Cursor, op: BinaryOperator): boolean {
  if (op === "<<" || op === ">>") {
    if (!isShift(c) || !c.is(op[0] as string)) return false;
    c.next();
    c.next();
    return true;
  }
  return c.accept(op);
}

/** `<<` and `>>` arrive as two adjacent tokens. */
function isShift(c: Cursor): boolean {
  const first = c.peek();
  const second = c.peek(1);
  return (
    first.kind === "punctuation" &&
    (first.value === "<" || first.value === ">") &&
    second.kind === "punctuation" &&
    second.value === first.value &&
    second.start === first.end
  );
}

function parseUnary(c: Cursor): Expr {
  const token = c.peek();
  if (token.kind === "punctuation" && (token.value === "-" || token.value === "+" || token.value === "~")) {
    c.next();
    const operand = parseUnary(c);
    return { kind: "unary", op: token.value, operand, start: token.start, end: operand.end };
  }
  return parsePostfix(c);
}

function binary(op: BinaryOperator, left: Expr, right: Expr): Expr {
  return { kind: "binary", op, left, right, start: left.start, end: right.end };
}
