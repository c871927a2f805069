import type {
  CallArgument,
  CallExpr,
  Expr,
  FrameBound,
  Identifier,
  OrderItem,
  WindowFrame,
  WindowSpec,
} from "../ast.js";
import { analysisError, unsupported } from "../errors.js";
import { plainCall } from "../plain-call.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./expression.js";

/**
 * A function call after its name: arguments with aggregate modifiers, then OVER.
 * @param target what stands before a chained call, its first argument
 */
export function parseCall(c: Cursor, nameParts: readonly Identifier[], target?: Expr): CallExpr {
  const first = nameParts[0] as Identifier;
  const start = target?.start ?? first.start;
  const nameSpan = { start, end: (nameParts.at(-1) as Identifier).end };
  const safe = nameParts.length > 1 && first.name.toUpperCase() === "SAFE";
  const name = (safe ? nameParts.slice(1) : nameParts).map((part) => part.name.toUpperCase()).join(".");
  c.expect("(");
  const distinct = c.acceptWords("DISTINCT");
  if (target !== undefined && UNCHAINED.has(name))
    throw analysisError(`Function \`${nameParts.at(-1)?.name}\` does not support chained function calls`, nameSpan);
  const star = target === undefined && c.accept("*");
  const given = star || c.is(")") || startsModifier(c) ? [] : parseArguments(c);
  const args = target === undefined ? given : [{ name: undefined, value: target }, ...given];
  const modifiers = parseModifiers(c);
  c.expect(")");
  const over = c.acceptWords("OVER") ? parseWindow(c) : undefined;
  return { kind: "call", name, nameSpan, safe, args, star, distinct, ...modifiers, over, ...c.span(start) };
}

/** What looks like a function, and is none. */
const UNCHAINED: ReadonlySet<string> = new Set(["GROUPING"]);

function startsModifier(c: Cursor): boolean {
  return c.isWord("HAVING") || c.isWords("ORDER", "BY") || c.isWord("LIMIT");
}

function parseArguments(c: Cursor): CallArgument[] {
  return c.list((): CallArgument => {
    if (c.isIdentifier() && c.is("=>", 1)) {
      const name = c.identifier();
      c.next();
      return { name, value: parseExpression(c) };
    }
    if (c.startsQuery() && !c.is("(")) {
      // A bare query as an argument, as in `ARRAY_LENGTH(SELECT ..)`, is not GoogleSQL.
      throw c.unexpected();
    }
    return { name: undefined, value: parseLambda(c) ?? parseExpression(c) };
  });
}

/** `e -> expr` or `(e, i) -> expr`; undefined where none begins. */
function parseLambda(c: Cursor): Expr | undefined {
  const { start } = c.peek();
  let parameters: Identifier[];
  if (c.isIdentifier() && c.is("->", 1)) parameters = [c.identifier()];
  else if (c.is("(") && c.isIdentifier(1) && c.is(",", 2) && c.isIdentifier(3) && c.is(")", 4) && c.is("->", 5))
    parameters = c.parenthesized(() => c.list(() => c.identifier()));
  else return undefined;
  c.expect("->");
  const body = parseExpression(c);
  return { kind: "lambda", parameters, body, ...c.span(start) };
}

type Modifiers = Pick<CallExpr, "nulls" | "where" | "having" | "orderBy" | "limit">;

function parseModifiers(c: Cursor): Modifiers {
  let having: CallExpr["having"];
  const nullsBefore = parseNullHandling(c);
  const where = c.acceptWords("WHERE") ? parseExpression(c) : undefined;
  if (c.isWords("GROUP", "BY")) throw unsupported("GROUP BY within an aggregate function", c.peek());
  if (c.acceptWords("HAVING")) {
    const extreme = c.acceptWords("MAX") ? "MAX" : c.acceptWords("MIN") ? "MIN" : undefined;
    if (extreme === undefined) throw c.expected("keyword MAX");
    having = { extreme, expr: parseExpression(c) };
  }
  const nulls = nullsBefore ?? parseNullHandling(c);
  const orderBy = parseOrderBy(c);
  const limit = c.acceptWords("LIMIT") ? parseExpression(c) : undefined;
  return { nulls, where, having, orderBy, limit };
}

function parseNullHandling(c: Cursor): "IGNORE" | "RESPECT" | undefined {
  if (c.acceptWords("IGNORE", "NULLS")) return "IGNORE";
  return c.acceptWords("RESPECT", "NULLS") ? "RESPECT" : undefined;
}

/** `[ORDER BY ..]`; empty without one. */
export function parseOrderBy(c: Cursor, started = false): OrderItem[] {
  if (!started && !c.acceptWords("ORDER", "BY")) return [];
  return c.list((): OrderItem => {
    const expr = collated(c, parseExpression(c));
    const descending = c.acceptWords("DESC") || (c.acceptWords("ASC") && false);
    const nulls = c.acceptWords("NULLS", "FIRST") ? "FIRST" : c.acceptWords("NULLS", "LAST") ? "LAST" : undefined;
    return { expr, descending, nulls, ...c.span(expr.start) };
  });
}

/** `x COLLATE 'und:ci'` is COLLATE(x, 'und:ci'); 'binary' is no collation. */
function collated(c: Cursor, value: Expr): Expr {
  if (!c.isWord("COLLATE")) return value;
  const word = c.next();
  const spec = parseExpression(c);
  const given: Expr = spec.kind === "string" && spec.value === "binary" ? { ...spec, value: "" } : spec;
  return plainCall("COLLATE", [value, given], c.span(value.start), word);
}

function parseWindow(c: Cursor): WindowSpec {
  if (c.is("(")) return parseWindowSpec(c);
  const base = c.identifier("window name");
  return { base, partitionBy: [], orderBy: [], frame: undefined, start: base.start, end: base.end };
}

/** `([name] [PARTITION BY ..] [ORDER BY ..] [ROWS|RANGE ..])`. */
export function parseWindowSpec(c: Cursor): WindowSpec {
  const { start } = c.expect("(");
  const base = c.isIdentifier() ? c.identifier() : undefined;
  const partitionBy: Expr[] = c.acceptWords("PARTITION", "BY") ? c.list(() => parseExpression(c)) : [];
  const orderBy = parseOrderBy(c);
  const frame = parseFrame(c);
  c.expect(")");
  return { base, partitionBy, orderBy, frame, ...c.span(start) };
}

function parseFrame(c: Cursor): WindowFrame | undefined {
  const { start } = c.peek();
  const unit = c.acceptWords("ROWS") ? "ROWS" : c.acceptWords("RANGE") ? "RANGE" : undefined;
  if (unit === undefined) return undefined;
  if (c.acceptWords("BETWEEN")) {
    const from = parseBound(c);
    c.expectWord("AND");
    return { unit, from, to: parseBound(c), ...c.span(start) };
  }
  const from = parseBound(c);
  return { unit, from, to: { kind: "CURRENT ROW", start: from.start, end: from.end }, ...c.span(start) };
}

function parseBound(c: Cursor): FrameBound {
  const { start } = c.peek();
  if (c.acceptWords("UNBOUNDED", "PRECEDING")) return { kind: "UNBOUNDED PRECEDING", ...c.span(start) };
  if (c.acceptWords("UNBOUNDED", "FOLLOWING")) return { kind: "UNBOUNDED FOLLOWING", ...c.span(start) };
  if (c.acceptWords("CURRENT", "ROW")) return { kind: "CURRENT ROW", ...c.span(start) };
  const offset = parseExpression(c);
  if (c.acceptWords("PRECEDING")) return { kind: "PRECEDING", offset, ...c.span(start) };
  c.expectWord("FOLLOWING");
  return { kind: "FOLLOWING", offset, ...c.span(start) };
}

/** `name AS (spec), ..` of a WINDOW clause. */
export function parseNamedWindows(c: Cursor): { name: Identifier; spec: WindowSpec }[] {
  return c.list(() => {
    const name = c.identifier();
    c.expectWord("AS");
    return { name, spec: c.is("(") ? parseWindowSpec(c) : parseWindow(c) };
  });
}
