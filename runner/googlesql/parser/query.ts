import type {
  CommonTable,
  Expr,
  Grouping,
  GroupingItem,
  Identifier,
  Query,
  QueryBody,
  Select,
  SelectItem,
} from "../ast.js";
import { syntaxError, unsupported } from "../errors.js";
import { parseNamedWindows, parseOrderBy } from "./call.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./expression.js";
import { parseFrom } from "./from.js";
import { parseFromQuery, pipeQuery } from "./pipe.js";
import { acceptSetOperator, type SetOperator } from "./set-operation.js";

/** `[WITH ..] body [ORDER BY ..] [LIMIT .. [OFFSET ..]]`. */
export function parseQuery(c: Cursor): Query {
  const { start } = c.peek();
  const commons: CommonTable[] = [];
  let recursive = false;
  if (c.acceptWords("WITH")) {
    recursive = c.acceptWords("RECURSIVE");
    commons.push(...c.list(() => parseCommonTable(c)));
  }
  const body = parseSetOperation(c);
  const alias = acceptPipedAlias(c, body);
  const orderBy = parseOrderBy(c);
  let limit: Expr | undefined;
  let offset: Expr | undefined;
  if (c.acceptWords("LIMIT")) {
    limit = parseExpression(c);
    if (c.acceptWords("OFFSET")) offset = parseExpression(c);
  }
  const query = { with: commons, recursive, body, orderBy, limit, offset, ...c.span(start) };
  if (commons.length === 0 || !c.is("|>")) return pipeQuery(c, query, alias);
  // The entries of WITH stay outside of what the pipe makes of the rest.
  const piped = pipeQuery(c, { ...query, with: [], recursive: false }, alias);
  const nested = { kind: "nested", query: piped, ...c.span(body.start) } as const;
  return { ...query, body: nested, orderBy: [], limit: undefined, offset: undefined, ...c.span(start) };
}

/** `(query) AS name |> ..`: only a pipe reads the name. */
function acceptPipedAlias(c: Cursor, body: QueryBody): Identifier | undefined {
  if (body.kind !== "nested") return undefined;
  if (c.isIdentifier() && c.is("|>", 1)) return c.identifier();
  if (!c.isWord("AS") || !c.is("|>", 2)) return undefined;
  c.expectWord("AS");
  return c.identifier();
}

/** `name AS (query)`. */
export function parseCommonTable(c: Cursor): CommonTable {
  const name = c.identifier();
  c.expectWord("AS");
  const query = c.parenthesized(() => parseQuery(c));
  return { name, query, ...c.span(name.start) };
}

function parseSetOperation(c: Cursor): QueryBody {
  let left = parseQueryPrimary(c);
  let joined: SetOperator | undefined;
  for (;;) {
    const token = c.peek();
    const operator = acceptSetOperator(c);
    if (operator === undefined) return left;
    const { op, all, byName } = operator;
    if (joined !== undefined && (joined.op !== op || joined.all !== all)) {
      throw syntaxError(
        "Different set operations cannot be used in the same query without using parentheses for grouping",
        token,
      );
    }
    const right = parseQueryPrimary(c);
    // Names are matched between two sides at a time.
    const flat = left.kind === "set" && joined !== undefined && joined.byName === undefined && byName === undefined;
    joined = operator;
    const arms = flat && left.kind === "set" ? [...left.arms, right] : [left, right];
    left = { kind: "set", op, all, byName, arms, start: left.start, end: right.end };
  }
}

export function parseQueryPrimary(c: Cursor): QueryBody {
  const { start } = c.peek();
  if (c.is("(")) {
    const query = c.parenthesized(() => parseQuery(c));
    return { kind: "nested", query, ...c.span(start) };
  }
  if (c.isWord("FROM")) return parseFromQuery(c);
  if (!c.isWord("SELECT")) throw c.unexpected();
  return parseSelect(c);
}

/** What may follow a SELECT list that ends with a comma. */
const AFTER_SELECT_LIST = [
  "FROM",
  "WHERE",
  "GROUP",
  "HAVING",
  "ORDER",
  "LIMIT",
  "UNION",
  "INTERSECT",
  "WINDOW",
  "QUALIFY",
];

/** One or more items; a comma may end the list. */
export function parseSelectItems(c: Cursor): SelectItem[] {
  const items = [parseSelectItem(c)];
  while (c.accept(",")) {
    if (AFTER_SELECT_LIST.some((word) => c.isWord(word)) || c.atEnd() || c.is(")") || c.is(";") || c.is("|>")) break;
    items.push(parseSelectItem(c));
  }
  return items;
}

function parseSelect(c: Cursor): Select {
  const { start } = c.expectWord("SELECT");
  if (c.isWord("WITH") && !c.is("(", 1)) throw unsupported("SELECT WITH", c.peek());
  const distinct = c.acceptWords("DISTINCT");
  if (!distinct) c.acceptWords("ALL");
  const as = c.acceptWords("AS", "STRUCT") ? "STRUCT" : c.acceptWords("AS", "VALUE") ? "VALUE" : undefined;
  if (c.isWord("FROM")) throw syntaxError("SELECT list must not be empty", c.peek());
  const items = parseSelectItems(c);
  const from = c.acceptWords("FROM") ? parseFrom(c) : undefined;
  const where = c.acceptWords("WHERE") ? parseExpression(c) : undefined;
  const groupBy = c.acceptWords("GROUP", "BY") ? parseGrouping(c) : undefined;
  if (c.acceptWords("GROUP")) throw c.expected("keyword BY");
  const having = c.acceptWords("HAVING") ? parseExpression(c) : undefined;
  let qualify = c.acceptWords("QUALIFY") ? parseExpression(c) : undefined;
  const windows = c.acceptWords("WINDOW") ? parseNamedWindows(c) : [];
  if (qualify === undefined && c.acceptWords("QUALIFY")) qualify = parseExpression(c);
  return { kind: "select", distinct, as, items, from, where, groupBy, having, qualify, windows, ...c.span(start) };
}

/** An expression with its alias, or a star. */
export function parseSelectItem(c: Cursor): SelectItem {
  const { start } = c.peek();
  if (c.accept("*")) return parseStarTail(c, undefined, start);
  const expr = parseExpression(c);
  if (c.is(".") && c.is("*", 1)) {
    c.next();
    c.next();
    return parseStarTail(c, expr, start);
  }
  const alias = c.optionalAlias();
  return { kind: "expr", expr, alias, ...c.span(start) };
}

function parseStarTail(c: Cursor, of: Expr | undefined, start: number): SelectItem {
  let except: Identifier[] = [];
  let replace: { expr: Expr; name: Identifier }[] = [];
  // `* EXCEPT (` drops columns, `* EXCEPT DISTINCT` begins a set operation.
  if (c.isWord("EXCEPT") && c.is("(", 1)) {
    c.next();
    except = c.parenthesized(() => c.list(() => c.identifier()));
  }
  if (c.isWord("REPLACE") && c.is("(", 1)) {
    c.next();
    replace = c.parenthesized(() =>
      c.list(() => {
        const expr = parseExpression(c);
        c.expectWord("AS");
        return { expr, name: c.identifier() };
      }),
    );
  }
  return { kind: "star", of, except, replace, ...c.span(start) };
}

function parseGrouping(c: Cursor): Grouping {
  if (c.acceptWords("ALL")) return { kind: "all" };
  return { kind: "items", items: c.list(() => parseGroupingItem(c)) };
}

/** A grouping expression, ROLLUP, CUBE, GROUPING SETS or `()`. */
export function parseGroupingItem(c: Cursor): GroupingItem {
  const { start } = c.peek();
  for (const kind of ["ROLLUP", "CUBE"] as const) {
    if (!c.isWord(kind) || !c.is("(", 1)) continue;
    c.next();
    const sets = c.parenthesized(() => c.list(() => parseGroupingElement(c)));
    return { kind: kind === "ROLLUP" ? "rollup" : "cube", sets, ...c.span(start) };
  }
  if (c.isWords("GROUPING", "SETS")) {
    c.next();
    c.next();
    const items = c.parenthesized(() => c.list(() => parseGroupingSet(c)));
    return { kind: "sets", items, ...c.span(start) };
  }
  if (c.is("(") && c.is(")", 1)) {
    c.next();
    c.next();
    return { kind: "list", exprs: [], ...c.span(start) };
  }
  return { kind: "expr", expr: parseExpression(c), ...c.span(start) };
}

/** One member of ROLLUP or CUBE: an expression, or several in parentheses that go together. */
function parseGroupingElement(c: Cursor): readonly Expr[] {
  const expr = parseExpression(c);
  return expr.kind === "struct" && expr.tuple ? expr.fields.map((field) => field.value) : [expr];
}

function parseGroupingSet(c: Cursor): GroupingItem {
  const item = parseGroupingItem(c);
  if (item.kind !== "expr" || item.expr.kind !== "struct" || !item.expr.tuple) return item;
  return { kind: "list", exprs: item.expr.fields.map((field) => field.value), start: item.start, end: item.end };
}
