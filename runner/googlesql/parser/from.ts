import type { Aliased, CallArgument, Expr, FromItem, Identifier, JoinType, Query } from "../ast.js";
import type { Span } from "../contract.js";
import { analysisError, syntaxError, unsupported } from "../errors.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./expression.js";
import { type JoinStep, joined, parseConditions } from "./joins.js";
import { parsePivotOrUnpivot } from "./pivot.js";
import { parseQuery } from "./query.js";
import { tableQuery } from "./table-query.js";

/**
 * The FROM clause after its keyword: commas and JOINs go from left to right.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#sequences_of_joins
 */
export function parseFrom(c: Cursor): FromItem {
  const first = parseFromPrimary(c);
  const steps: JoinStep[] = [];
  for (;;) {
    if (c.accept(",")) {
      steps.push({ type: "CROSS", comma: true, item: parseFromPrimary(c), conditions: [] });
      continue;
    }
    const at = c.peek();
    const type = acceptJoin(c);
    if (type === undefined) return joined(first, steps);
    if ((type === "RIGHT" || type === "FULL") && steps.some(({ comma }) => comma))
      throw syntaxError(`${type} JOIN must be parenthesized when following a comma join`, at);
    steps.push({ type, comma: false, item: parseFromPrimary(c), conditions: parseConditions(c) });
  }
}

export function acceptJoin(c: Cursor): JoinType | undefined {
  const start = c.peek();
  if (c.isWord("NATURAL")) throw unsupported("NATURAL JOIN", start);
  if (startsSetOperation(c)) return undefined;
  if (c.acceptWords("CROSS")) return finishJoin(c, "CROSS");
  if (c.acceptWords("INNER")) return finishJoin(c, "INNER");
  for (const side of ["LEFT", "RIGHT", "FULL"] as const) {
    if (!c.acceptWords(side)) continue;
    c.acceptWords("OUTER");
    return finishJoin(c, side);
  }
  return c.isWord("JOIN") ? finishJoin(c, "INNER") : undefined;
}

/** `LEFT OUTER UNION ALL BY NAME`: no join. */
function startsSetOperation(c: Cursor): boolean {
  const ahead = c.isWord("OUTER", 1) ? 2 : 1;
  const side = ["INNER", "LEFT", "FULL", "OUTER"].some((word) => c.isWord(word));
  return side && ["UNION", "INTERSECT", "EXCEPT"].some((word) => c.isWord(word, ahead));
}

function finishJoin(c: Cursor, type: JoinType): JoinType {
  c.expectWord("JOIN");
  return type;
}

export function parseFromPrimary(c: Cursor): FromItem {
  let item = parseFromSource(c);
  for (;;) {
    if (startsMatch(c)) throw unsupported("MATCH_RECOGNIZE", c.peek());
    const pivoted = parsePivotOrUnpivot(c, item);
    if (pivoted === undefined) break;
    item = pivoted;
  }
  return c.isWord("TABLESAMPLE") ? parseSample(c, item) : item;
}

/** `TABLESAMPLE SYSTEM (10 PERCENT)`. */
export function parseSample(c: Cursor, item: FromItem): FromItem {
  const at = c.peek();
  c.expectWord("TABLESAMPLE");
  if (!c.isWord("SYSTEM")) throw unsupported("TABLESAMPLE other than SYSTEM", c.peek());
  c.expectWord("SYSTEM");
  const sample = c.parenthesized(() => {
    const percent = parseExpression(c);
    c.expectWord("PERCENT");
    return percent;
  });
  if (item.kind !== "table" || item.sample !== undefined)
    throw analysisError("TABLESAMPLE SYSTEM can only be applied directly to tables", at);
  return { ...item, sample };
}

function parseFromSource(c: Cursor): FromItem {
  const { start } = c.peek();
  if (c.acceptWords("UNNEST")) {
    const array = c.parenthesized(() => parseExpression(c));
    return { kind: "unnest", array, ...parseAliases(c), ...c.span(start) };
  }
  if (c.acceptWords("LATERAL")) throw unsupported("LATERAL", { start, end: c.lastEnd() });
  if (c.is("(")) {
    c.next();
    // `((SELECT ..) a JOIN ..)`: the outer parentheses hold a join.
    const query = c.startsQuery() ? parseQuery(c) : undefined;
    const item = query === undefined ? parseFrom(c) : undefined;
    c.expect(")");
    if (query === undefined) return item as FromItem;
    return { kind: "derived", query, alias: aliasBeforePivot(c), offset: undefined, ...c.span(start) };
  }
  return parseTablePath(c);
}

function parseTablePath(c: Cursor): FromItem {
  const { start } = c.peek();
  const parts = parsePath(c);
  const pathSpan = c.span(start);
  if (c.accept("(")) return parseTableCall(c, parts, pathSpan, undefined);
  return { kind: "table", path: parts, pathSpan, ...parseAliases(c), ...acceptSystemTime(c), ...c.span(start) };
}

/** `f(1, 'x')` of a pipe, which gives the function its rows as the first table. */
export function parsePipeCall(c: Cursor, piped: Query): FromItem {
  const { start } = c.peek();
  const path = parsePath(c);
  const pathSpan = c.span(start);
  c.expect("(");
  return parseTableCall(c, path, pathSpan, piped);
}

/** A call of a table function behind its parenthesis. */
function parseTableCall(c: Cursor, path: Identifier[], pathSpan: Span, piped: Query | undefined): FromItem {
  const { start } = pathSpan;
  const own = path.length === 1 ? path[0]?.name.toUpperCase() : undefined;
  if (own === "RANGE_SESSIONIZE") return parseSessionize(c, start, piped);
  if (own === "GAP_FILL") return parseGapFill(c, start, piped);
  // `ML.PREDICT(MODEL m, ..)`: a model, a table or a connection is no expression.
  if (c.isWord("MODEL") && !c.is(",", 1) && !c.is(")", 1))
    throw unsupported(
      `${path
        .map(({ name }) => name)
        .join(".")
        .toUpperCase()} (a model)`,
      pathSpan,
    );
  const table: CallArgument[] =
    piped === undefined
      ? []
      : [{ name: undefined, value: { kind: "subquery", query: piped, start: piped.start, end: piped.end } }];
  const args = [...table, ...(c.is(")") ? [] : c.list(() => parseNamedArgument(c)))];
  c.expect(")");
  const isPiped = piped !== undefined;
  return { kind: "tableCall", path, pathSpan, args, isPiped, alias: aliasBeforePivot(c), ...c.span(start) };
}

/** An argument of a table function, with its name where it has one: `f(a => 1)`. */
function parseNamedArgument(c: Cursor): CallArgument {
  if (!c.isIdentifier() || !c.is("=>", 1)) return { name: undefined, value: parseFunctionArgument(c) };
  const name = c.identifier();
  c.expect("=>");
  return { name, value: parseFunctionArgument(c) };
}

/** An argument of a table function: a value, or a table, as `TABLE t` or as a query. */
function parseFunctionArgument(c: Cursor): Expr {
  const { start } = c.peek();
  if (!c.isWord("TABLE")) return parseExpression(c);
  return { kind: "subquery", query: tableQuery(c, parseTableArgument(c), start), ...c.span(start) };
}

/** `FOR SYSTEM_TIME AS OF expression`. */
export function acceptSystemTime(c: Cursor): { readonly systemTime?: Expr } {
  if (!c.acceptWords("FOR", "SYSTEM_TIME") && !c.acceptWords("FOR", "SYSTEM", "TIME")) return {};
  c.expectWord("AS");
  c.expectWord("OF");
  return { systemTime: parseExpression(c) };
}

/** The rest of `RANGE_SESSIONIZE(TABLE t, ..)`: its first argument is a table or a query. */
function parseSessionize(c: Cursor, start: number, piped: Query | undefined): FromItem {
  const source = piped === undefined ? parseSource(c) : derived(piped);
  const args = parseRest(c, piped, () => parseExpression(c));
  c.expect(")");
  return { kind: "sessionize", source, args, alias: aliasBeforePivot(c), ...c.span(start) };
}

/** The rest of `GAP_FILL(TABLE t, ..)`. */
function parseGapFill(c: Cursor, start: number, piped: Query | undefined): FromItem {
  const source = piped === undefined ? parseSource(c) : derived(piped);
  const args = parseRest(c, piped, () => parseNamedArgument(c));
  c.expect(")");
  return { kind: "gapFill", source, args, alias: aliasBeforePivot(c), ...c.span(start) };
}

/** What follows the table of a call: without a comma before the first where a pipe has given the table. */
function parseRest<T>(c: Cursor, piped: Query | undefined, item: () => T): T[] {
  if (piped === undefined) return c.accept(",") ? c.list(item) : [];
  return c.is(")") ? [] : c.list(item);
}

function derived(query: Query): FromItem {
  return { kind: "derived", query, alias: undefined, offset: undefined, start: query.start, end: query.end };
}

/** `TABLE t`, or a query in parentheses. */
function parseSource(c: Cursor): FromItem {
  const { start } = c.peek();
  if (!c.is("(")) return parseTableArgument(c);
  const query = c.parenthesized(() => parseQuery(c));
  return { ...derived(query), ...c.span(start) };
}

function parseTableArgument(c: Cursor): FromItem {
  const { start } = c.expectWord("TABLE");
  const named = c.peek().start;
  const path = parsePath(c);
  const pathSpan = c.span(named);
  return { kind: "table", path, pathSpan, isArgument: true, alias: undefined, offset: undefined, ...c.span(start) };
}

/**
 * A table path. A backtick identifier may hold several parts (`` `p.d.t` ``); an unquoted project may contain dashes.
 */
export function parsePath(c: Cursor): Identifier[] {
  const parts: Identifier[] = [];
  do {
    const first = parts.length === 0;
    const quoted = c.peek().kind === "quoted";
    const part = first ? c.identifier("table name") : c.identifierAfterDot();
    if (quoted && part.name.includes(".")) {
      for (const name of part.name.split(".")) parts.push({ name, start: part.start, end: part.end });
    } else parts.push(first && !quoted ? withDashes(c, part) : part);
  } while (c.accept("."));
  if (parts.some((part) => part.name === "")) {
    throw syntaxError("Invalid empty identifier", parts[0] as Span);
  }
  return parts;
}

/** `my-project`: words and numbers glued by dashes without spaces. */
function withDashes(c: Cursor, first: Identifier): Identifier {
  let { end } = first;
  for (;;) {
    const dash = c.peek();
    const word = c.peek(1);
    const glued = dash.value === "-" && dash.start === end && word.start === dash.end;
    if (!glued || (word.kind !== "word" && word.kind !== "integer")) break;
    c.next();
    end = c.next().end;
  }
  return { name: c.sql.slice(first.start, end), start: first.start, end };
}

function parseAliases(c: Cursor): Aliased {
  const alias = aliasBeforePivot(c);
  if (!c.isWords("WITH", "OFFSET")) return { alias, offset: undefined };
  const span = { start: c.next().start, end: c.next().end };
  return { alias, offset: c.optionalAlias() ?? { name: "offset", implicit: true, ...span } };
}

function startsMatch(c: Cursor): boolean {
  return c.isWord("MATCH_RECOGNIZE") && c.is("(", 1);
}

/** PIVOT, UNPIVOT and MATCH_RECOGNIZE are not reserved: `t PIVOT (` is no alias. */
function aliasBeforePivot(c: Cursor): Identifier | undefined {
  if (startsMatch(c)) return undefined;
  if (c.isWord("PIVOT") && c.is("(", 1)) return undefined;
  if (c.isWord("UNPIVOT") && (c.is("(", 1) || c.isWords("UNPIVOT", "INCLUDE") || c.isWords("UNPIVOT", "EXCLUDE"))) {
    return undefined;
  }
  return c.optionalAlias();
}
