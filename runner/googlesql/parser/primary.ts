import type { Expr, Identifier, SubscriptMode, TypeNode } from "../ast.js";
import type { Token } from "../lexer.js";
import { parseCall } from "./call.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./expression.js";
import { parseQuery } from "./query.js";
import { parseType } from "./type.js";

const SUBSCRIPTS: readonly SubscriptMode[] = ["OFFSET", "ORDINAL", "SAFE_OFFSET", "SAFE_ORDINAL"];
const TYPED_LITERALS = new Set([
  "DATE",
  "DATETIME",
  "TIMESTAMP",
  "TIME",
  "NUMERIC",
  "DECIMAL",
  "BIGNUMERIC",
  "BIGDECIMAL",
  "JSON",
]);

/** A primary expression other than one in parentheses, followed by any number of `.field` and `[subscript]`. */
export function parsePostfix(c: Cursor): Expr {
  return parseAccesses(c, parsePrimary(c));
}

/**
 * Any number of `.field`, `[subscript]` and `.function(..)` after an expression.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/functions-reference#chained_function_calls
 * @param closed whether it stands in parentheses: `x.f(1)` calls `x.f`, and `(x).f(1)` is `f(x, 1)`
 */
export function parseAccesses(c: Cursor, target: Expr, closed = false): Expr {
  let expr = target;
  for (;;) {
    if (c.is(".") && c.is("(", 1)) {
      c.next();
      expr = parseCall(
        c,
        c.parenthesized(() => parseFunctionPath(c)),
        expr,
      );
    } else if (c.is(".") && !c.is("*", 1)) {
      c.next();
      const field = c.identifierAfterDot();
      const isChained = c.is("(") && (closed || expr.kind !== "path");
      if (isChained) expr = parseCall(c, [field], expr);
      else
        expr =
          expr.kind === "path"
            ? { kind: "path", parts: [...expr.parts, field], start: expr.start, end: field.end }
            : { kind: "field", target: expr, field, start: expr.start, end: field.end };
    } else if (c.accept("[")) {
      const { mode, index } = parseSubscript(c);
      c.expect("]");
      expr = { kind: "subscript", target: expr, mode, index, ...c.span(expr.start) };
    } else return expr;
    if (expr.kind === "path" && c.is("(")) expr = parseCall(c, expr.parts);
  }
}

/** `SAFE.SUBSTR` of `x.(SAFE.SUBSTR)(2)`. */
function parseFunctionPath(c: Cursor): Identifier[] {
  const parts = [c.identifier("function name")];
  while (c.accept(".")) parts.push(c.identifierAfterDot());
  return parts;
}

function parseSubscript(c: Cursor): { mode: SubscriptMode; index: Expr } {
  for (const mode of SUBSCRIPTS) {
    if (c.isWord(mode) && c.is("(", 1)) {
      c.next();
      return { mode, index: c.parenthesized(() => parseExpression(c)) };
    }
  }
  return { mode: "PLAIN", index: parseExpression(c) };
}

function parsePrimary(c: Cursor): Expr {
  const token = c.peek();
  switch (token.kind) {
    case "integer":
    case "float":
      c.next();
      return { kind: token.kind, value: token.text, start: token.start, end: token.end };
    case "string":
    case "bytes":
      return parseAdjacentStrings(c);
    case "parameter":
    case "systemVariable":
      c.next();
      return { kind: "parameter", name: token.text.replaceAll("`", ""), start: token.start, end: token.end };
    case "punctuation":
      if (token.value === "[") return parseArrayLiteral(c, undefined, token.start);
      if (token.value === "?") {
        c.next();
        // Positional parameters have the names that nobody can give one.
        return { kind: "parameter", name: `@?${c.markNumber(token)}`, start: token.start, end: token.end };
      }
      throw c.unexpected();
    case "word":
      return parseWord(c, token);
    case "quoted":
      return parseName(c);
    default:
      throw c.unexpected();
  }
}

function parseAdjacentStrings(c: Cursor): Expr {
  const { kind, value, start, end } = c.next();
  return { kind: kind as "string" | "bytes", value, start, end };
}

function parseWord(c: Cursor, token: Token): Expr {
  const { start } = token;
  switch (token.value) {
    case "NULL":
      c.next();
      return { kind: "null", start, end: token.end };
    case "TRUE":
    case "FALSE":
      c.next();
      return { kind: "bool", value: token.value === "TRUE", start, end: token.end };
    case "CASE":
      return parseCase(c);
    case "CAST":
    case "SAFE_CAST":
      if (c.is("(", 1)) return parseCast(c);
      break;
    case "EXTRACT":
      return parseExtract(c);
    case "INTERVAL":
      return parseInterval(c);
    case "ARRAY":
      return parseArrayKeyword(c);
    case "STRUCT":
      return parseStructKeyword(c);
    case "RANGE":
      if (c.is("<", 1)) return parseRangeLiteral(c);
      if (!c.is("(", 1)) break;
      c.next();
      return parseCall(c, [{ name: token.text, start, end: token.end }]);
    case "WITH":
      if (c.is("(", 1)) return parseWithExpression(c);
      break;
    case "EXISTS":
      c.next();
      return { kind: "exists", query: c.parenthesized(() => parseQuery(c)), ...c.span(start) };
    case "IF":
    case "LEFT":
    case "RIGHT":
    case "GROUPING":
    case "COLLATE":
    case "ANY":
      if (c.is("(", 1)) {
        c.next();
        return parseCall(c, [{ name: token.text, start, end: token.end }]);
      }
      break;
    default:
  }
  if (TYPED_LITERALS.has(token.value) && c.peek(1).kind === "string") {
    c.next();
    const literal = c.next();
    return { kind: "typedLiteral", type: token.value, value: literal.value, start, end: literal.end };
  }
  return parseName(c);
}

function parseName(c: Cursor): Expr {
  if (!c.isIdentifier()) throw c.unexpected();
  const name = c.identifier();
  if (c.is("(")) return parseCall(c, [name]);
  return { kind: "path", parts: [name], start: name.start, end: name.end };
}

function parseCase(c: Cursor): Expr {
  const { start } = c.expectWord("CASE");
  const operand = c.isWord("WHEN") ? undefined : parseExpression(c);
  const branches: { when: Expr; result: Expr }[] = [];
  while (c.acceptWords("WHEN")) {
    const when = parseExpression(c);
    c.expectWord("THEN");
    branches.push({ when, result: parseExpression(c) });
  }
  if (branches.length === 0) throw c.expected("keyword WHEN");
  const otherwise = c.acceptWords("ELSE") ? parseExpression(c) : undefined;
  c.expectWord("END");
  return { kind: "case", operand, branches, otherwise, ...c.span(start) };
}

function parseCast(c: Cursor): Expr {
  const head = c.next();
  return c.parenthesized((): Expr => {
    const value = parseExpression(c);
    c.expectWord("AS");
    const type = parseType(c);
    const format = c.acceptWords("FORMAT") ? parseExpression(c) : undefined;
    const zone = c.acceptWords("AT", "TIME", "ZONE") ? parseExpression(c) : undefined;
    const safe = head.value === "SAFE_CAST";
    return { kind: "cast", safe, value, type, format, zone, start: head.start, end: c.peek().end };
  });
}

/** `RANGE<DATE> '[2024-01-01, UNBOUNDED)'`: its text, read as the type. */
function parseRangeLiteral(c: Cursor): Expr {
  const type = parseType(c);
  if (c.peek().kind !== "string") throw c.expected("string literal");
  const { value, start, end } = c.next();
  const text: Expr = { kind: "string", value, start, end };
  return { kind: "cast", safe: false, value: text, type, format: undefined, zone: undefined, start: type.start, end };
}

function parseExtract(c: Cursor): Expr {
  const { start } = c.expectWord("EXTRACT");
  return c.parenthesized((): Expr => {
    const part = parseName(c);
    c.expectWord("FROM");
    const value = parseExpression(c);
    const zone = c.acceptWords("AT", "TIME", "ZONE") ? parseExpression(c) : undefined;
    return { kind: "extract", part, value, zone, start, end: c.peek().end };
  });
}

function parseInterval(c: Cursor): Expr {
  const { start } = c.expectWord("INTERVAL");
  const value = parseExpression(c);
  const part = c.identifier("date part").name.toUpperCase();
  const toPart = c.acceptWords("TO") ? c.identifier("date part").name.toUpperCase() : undefined;
  return { kind: "interval", value, part, toPart, ...c.span(start) };
}

/** `WITH(a AS 1, b AS a + 1, a + b)`. */
function parseWithExpression(c: Cursor): Expr {
  const { start } = c.expectWord("WITH");
  c.expect("(");
  const variables: { name: Identifier; value: Expr }[] = [];
  while (c.isIdentifier() && c.isWord("AS", 1)) {
    const name = c.identifier();
    c.expectWord("AS");
    variables.push({ name, value: parseExpression(c) });
    c.expect(",");
  }
  if (variables.length === 0) throw c.expected("a variable with AS");
  const result = parseExpression(c);
  c.expect(")");
  return { kind: "with", variables, result, ...c.span(start) };
}

function parseArrayKeyword(c: Cursor): Expr {
  const { start } = c.expectWord("ARRAY");
  if (c.is("(")) return { kind: "arrayQuery", query: c.parenthesized(() => parseQuery(c)), ...c.span(start) };
  let elementType: TypeNode | undefined;
  if (c.accept("<")) {
    elementType = parseType(c);
    c.expect(">");
  }
  return parseArrayLiteral(c, elementType, start);
}

function parseArrayLiteral(c: Cursor, elementType: TypeNode | undefined, start: number): Expr {
  c.expect("[");
  const elements = c.is("]") ? [] : c.list(() => parseExpression(c));
  c.expect("]");
  return { kind: "array", elementType, elements, ...c.span(start) };
}

function parseStructKeyword(c: Cursor): Expr {
  const start = c.peek().start;
  const typed = c.is("<", 1);
  const type = typed ? parseType(c) : undefined;
  if (!typed) c.expectWord("STRUCT");
  c.expect("(");
  const field = (): { name: Identifier | undefined; value: Expr } => {
    const value = parseExpression(c);
    return { name: c.acceptWords("AS") ? c.identifier() : undefined, value };
  };
  const fields = c.is(")") ? [] : c.list(field);
  c.expect(")");
  return { kind: "struct", tuple: false, type, fields, ...c.span(start) };
}
