import type { Expr, FromItem, Identifier, OrderItem, Query, QueryBody, Select, SelectItem } from "../ast.js";
import { unsupported } from "../errors.js";
import { parseNamedWindows, parseOrderBy } from "./call.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./expression.js";
import { acceptJoin, parseFrom, parseFromPrimary, parseJoinTail } from "./from.js";
import { parsePivotOrUnpivot } from "./pivot.js";
import { parseQuery, parseQueryPrimary, parseSelectItems } from "./query.js";
import { acceptSetOperator, type SetOperator } from "./set-operation.js";

/** What a pipe operator works on: a FROM clause that is still open, with conditions, or a finished query. */
type Input =
  | { readonly from: FromItem; readonly where: Expr | undefined }
  | { readonly query: Query; readonly alias: Identifier | undefined };

/**
 * `FROM t |> ..`: a query that begins with FROM.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/pipe-syntax
 */
export function parseFromQuery(c: Cursor): QueryBody {
  const { start } = c.expectWord("FROM");
  const query = parsePipes(c, { from: parseFrom(c), where: undefined }, start);
  return { kind: "nested", query, ...c.span(start) };
}

/** The pipe operators that follow a query; the query itself where none does. */
export function pipeQuery(c: Cursor, query: Query): Query {
  return c.is("|>") ? parsePipes(c, { query, alias: undefined }, query.start) : query;
}

/** Each operator becomes a SELECT over what is before it. */
function parsePipes(c: Cursor, first: Input, start: number): Query {
  let input = first;
  while (c.accept("|>")) input = parseOperator(c, input, start);
  return finished(c, input, start);
}

function parseOperator(c: Cursor, input: Input, start: number): Input {
  const token = c.peek();
  const join = acceptJoin(c);
  if (join !== undefined) {
    const right = parseFromPrimary(c);
    return { from: parseJoinTail(c, join, asFrom(c, input, start), right), where: undefined };
  }
  if (c.isWord("PIVOT") || c.isWord("UNPIVOT")) {
    const pivoted = parsePivotOrUnpivot(c, asFrom(c, input, start));
    if (pivoted === undefined) throw c.unexpected();
    return { from: pivoted, where: undefined };
  }
  const operator = acceptSetOperator(c);
  if (operator !== undefined) return setOperation(c, operator, input, start);
  c.next();
  switch (token.value) {
    case "WHERE":
      return where(c, input, parseExpression(c), start);
    case "SELECT":
      return select(c, input, start);
    case "EXTEND":
    case "WINDOW":
      return extend(c, input, start);
    case "SET":
      return set(c, input, start);
    case "DROP":
      return star(c, input, start, { except: c.list(() => c.identifier()) });
    case "RENAME":
      return star(c, input, start, { rename: c.list(() => renamed(c)) });
    case "AS": {
      const alias = c.identifier();
      return { query: finished(c, input, start), alias };
    }
    case "ORDER":
      c.expectWord("BY");
      return {
        query: queryOf(c, selectStar(c, input, start), start, { orderBy: orderItems(c) }),
        alias: aliasOf(input),
      };
    case "LIMIT": {
      const limit = parseExpression(c);
      const offset = c.acceptWords("OFFSET") ? parseExpression(c) : undefined;
      return { query: queryOf(c, selectStar(c, input, start), start, { limit, offset }), alias: aliasOf(input) };
    }
    case "DISTINCT":
      return { query: queryOf(c, { ...selectStar(c, input, start), distinct: true }, start), alias: aliasOf(input) };
    case "AGGREGATE":
      return aggregate(c, input, start);
    default:
      throw unsupported(`Pipe operator ${token.text.toUpperCase()}`, token);
  }
}

/** The only name that a table had stays visible after operators that keep its columns. */
function aliasOf(input: Input): Identifier | undefined {
  if ("query" in input) return input.alias;
  const { from } = input;
  if (from.kind === "table") return from.alias ?? from.path.at(-1);
  return from.kind === "derived" || from.kind === "unnest" ? from.alias : undefined;
}

function asFrom(c: Cursor, input: Input, start: number): FromItem {
  if ("from" in input && input.where === undefined) return input.from;
  const alias = aliasOf(input);
  return { kind: "derived", query: finished(c, input, start), alias, offset: undefined, ...c.span(start) };
}

function finished(c: Cursor, input: Input, start: number): Query {
  return "query" in input ? input.query : queryOf(c, selectStar(c, input, start), start);
}

const STAR = { kind: "star", of: undefined, except: [], replace: [] } as const;

function selectStar(c: Cursor, input: Input, start: number): Select {
  return selectOf(c, input, [{ ...STAR, ...c.span(start) }], start);
}

function selectOf(c: Cursor, input: Input, items: readonly SelectItem[], start: number): Select {
  const open = "from" in input;
  return {
    kind: "select",
    distinct: false,
    as: undefined,
    items,
    from: open ? input.from : asFrom(c, input, start),
    where: open ? input.where : undefined,
    groupBy: undefined,
    having: undefined,
    qualify: undefined,
    windows: [],
    ...c.span(start),
  };
}

type Tail = Partial<Pick<Query, "orderBy" | "limit" | "offset">>;

function queryOf(c: Cursor, body: QueryBody, start: number, tail: Tail = {}): Query {
  const plain = { with: [], recursive: false, orderBy: [], limit: undefined, offset: undefined };
  return { ...plain, body, ...tail, ...c.span(start) };
}

function where(c: Cursor, input: Input, condition: Expr, start: number): Input {
  const { from, where: before } = "from" in input ? input : { from: asFrom(c, input, start), where: undefined };
  const both: Expr =
    before === undefined
      ? condition
      : { kind: "binary", op: "AND", left: before, right: condition, start: before.start, end: condition.end };
  return { from, where: both };
}

function select(c: Cursor, input: Input, start: number): Input {
  const distinct = c.acceptWords("DISTINCT");
  if (!distinct) c.acceptWords("ALL");
  const as = c.acceptWords("AS", "STRUCT") ? "STRUCT" : c.acceptWords("AS", "VALUE") ? "VALUE" : undefined;
  const items = parseSelectItems(c);
  const windows = c.acceptWords("WINDOW") ? parseNamedWindows(c) : [];
  const body = { ...selectOf(c, input, items, start), distinct, as, windows } as const;
  return { query: queryOf(c, body, start), alias: undefined };
}

function extend(c: Cursor, input: Input, start: number): Input {
  const items = parseSelectItems(c);
  const windows = c.acceptWords("WINDOW") ? parseNamedWindows(c) : [];
  const all: SelectItem[] = [{ ...STAR, ...c.span(start) }, ...items];
  return { query: queryOf(c, { ...selectOf(c, input, all, start), windows }, start), alias: aliasOf(input) };
}

function set(c: Cursor, input: Input, start: number): Input {
  const replace = c.list(() => {
    const name = c.identifier();
    c.expect("=");
    return { name, expr: parseExpression(c) };
  });
  return star(c, input, start, { replace });
}

type StarChange = Partial<Pick<Extract<SelectItem, { kind: "star" }>, "except" | "replace" | "rename">>;

function star(c: Cursor, input: Input, start: number, change: StarChange): Input {
  const item: SelectItem = { ...STAR, ...change, ...c.span(start) };
  return { query: queryOf(c, selectOf(c, input, [item], start), start), alias: aliasOf(input) };
}

function renamed(c: Cursor): { from: Identifier; to: Identifier } {
  const from = c.identifier();
  c.acceptWords("AS");
  return { from, to: c.identifier() };
}

/** After `ORDER BY`, whose words are consumed. */
function orderItems(c: Cursor): OrderItem[] {
  return parseOrderBy(c, true);
}

/** Grouping columns first, then the aggregates; grouping items may order the result. */
function aggregate(c: Cursor, input: Input, start: number): Input {
  const none = c.isWord("GROUP");
  const aggregates = none ? [] : parseSelectItems(c);
  const keys: SelectItem[] = [];
  const orderBy: OrderItem[] = [];
  let ordered = false;
  if (c.acceptWords("GROUP")) {
    ordered = c.acceptWords("AND", "ORDER");
    c.expectWord("BY");
    c.list(() => {
      const { start: at, value, text } = c.peek();
      if (["ROLLUP", "CUBE", "GROUPING"].includes(value)) throw unsupported(`${text} in a pipe AGGREGATE`, c.peek());
      const expr = parseExpression(c);
      const alias = c.acceptWords("AS")
        ? c.identifier()
        : c.isWord("ASC") || c.isWord("DESC")
          ? undefined
          : c.optionalAlias();
      keys.push({ kind: "expr", expr, alias, ...c.span(at) });
      const sorted = c.isWord("ASC") || c.isWord("DESC");
      const descending = c.acceptWords("DESC") || (c.acceptWords("ASC") && false);
      const nulls = c.acceptWords("NULLS", "FIRST") ? "FIRST" : c.acceptWords("NULLS", "LAST") ? "LAST" : undefined;
      if (sorted || ordered) orderBy.push({ expr: position(keys.length, c, at), descending, nulls, ...c.span(at) });
    });
  }
  const items = keys.map((_, i) => ({ kind: "expr", expr: position(i + 1, c, start), ...c.span(start) }) as const);
  const groupBy = keys.length === 0 ? undefined : ({ kind: "items", items } as const);
  const body = { ...selectOf(c, input, [...keys, ...aggregates], start), groupBy };
  return { query: queryOf(c, body, start, { orderBy }), alias: undefined };
}

function position(place: number, c: Cursor, start: number): Expr {
  return { kind: "integer", value: String(place), ...c.span(start) };
}

/** `UNION ALL (query), (query)`: by name they are matched one after the other. */
function setOperation(c: Cursor, operator: SetOperator, input: Input, start: number): Input {
  let body: QueryBody = { kind: "nested", query: finished(c, input, start), ...c.span(start) };
  const others = c.list(() => arm(c));
  if (operator.byName === undefined) body = { kind: "set", ...operator, arms: [body, ...others], ...c.span(start) };
  else for (const other of others) body = { kind: "set", ...operator, arms: [body, other], ...c.span(start) };
  return { query: queryOf(c, body, start), alias: undefined };
}

function arm(c: Cursor): QueryBody {
  if (c.is("(")) return parseQueryPrimary(c);
  const { start } = c.peek();
  return { kind: "nested", query: parseQuery(c), ...c.span(start) };
}
