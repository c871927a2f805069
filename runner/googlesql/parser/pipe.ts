import type {
  CommonTable,
  Expr,
  FromItem,
  Identifier,
  OrderItem,
  PipeList,
  Query,
  QueryBody,
  Select,
  SelectItem,
} from "../ast.js";
import { unsupported } from "../errors.js";
import { plainCall } from "../plain-call.js";
import { callsWindow } from "../window-calls.js";
import { parseNamedWindows, parseOrderBy } from "./call.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./expression.js";
import { acceptJoin, parseFrom, parseFromPrimary, parsePipeCall, parseSample } from "./from.js";
import { joined, parseConditions } from "./joins.js";
import { parsePipeAggregate } from "./pipe-aggregate.js";
import { parsePivotOrUnpivot } from "./pivot.js";
import { parseCommonTable, parseQuery, parseQueryPrimary, parseSelectItems } from "./query.js";
import { acceptSetOperator, type SetOperator } from "./set-operation.js";

/** What a pipe operator works on: a FROM clause that is still open, with conditions, or a finished query. */
type Input = { readonly from: FromItem; readonly where: Expr | undefined } | Finished;

interface Finished {
  readonly query: Query;
  readonly alias: Identifier | undefined;
  /** It keeps its rows, which the aliases of its FROM clause go on naming as they were there. */
  readonly passesAliases: boolean;
}

/**
 * `FROM t |> ..`: a query that begins with FROM.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/pipe-syntax
 */
export function parseFromQuery(c: Cursor): QueryBody {
  const { start } = c.expectWord("FROM");
  const query = parsePipes(c, { from: parseFrom(c), where: undefined }, start);
  return { kind: "nested", query, ...c.span(start) };
}

/** The pipe operators that follow a query, which may have a name before them; the query itself where none does. */
export function pipeQuery(c: Cursor, query: Query, alias?: Identifier): Query {
  return c.is("|>") ? parsePipes(c, { ...unnamed(query), alias }, query.start) : query;
}

/** Each operator becomes a SELECT over what is before it. */
function parsePipes(c: Cursor, first: Input, start: number): Query {
  let input = first;
  const commons: CommonTable[] = [];
  while (c.accept("|>")) {
    // What WITH names is visible to all operators after it.
    if (c.acceptWords("WITH")) commons.push(...parseCommons(c));
    else input = parseOperator(c, input, start);
  }
  const query = finished(c, input, start);
  if (commons.length === 0) return query;
  const body: QueryBody = { kind: "nested", query, start: query.start, end: query.end };
  return { ...queryOf(c, body, start), with: commons };
}

/** The entries of WITH; a comma may end them. */
function parseCommons(c: Cursor): CommonTable[] {
  const commons = [parseCommonTable(c)];
  while (c.accept(",") && !c.is("|>")) commons.push(parseCommonTable(c));
  return commons;
}

function parseOperator(c: Cursor, input: Input, start: number): Input {
  const token = c.peek();
  const join = acceptJoin(c);
  if (join !== undefined) {
    const item = parseFromPrimary(c);
    const step = { type: join, comma: false, item, conditions: parseConditions(c) };
    return { from: joined(asFrom(c, input, start), [step]), where: undefined };
  }
  if (c.isWord("PIVOT") || c.isWord("UNPIVOT")) {
    const pivoted = parsePivotOrUnpivot(c, asFrom(c, input, start));
    if (pivoted === undefined) throw c.unexpected();
    return { from: pivoted, where: undefined };
  }
  if (c.isWord("TABLESAMPLE")) return { from: parseSample(c, asFrom(c, input, start)), where: undefined };
  if (c.acceptWords("CALL")) return { from: parsePipeCall(c, finished(c, input, start)), where: undefined };
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
      return star(c, input, start, "DROP", { except: c.list(() => c.identifier()) });
    case "RENAME":
      return star(c, input, start, "RENAME", { rename: c.list(() => renamed(c)) });
    case "AS": {
      const alias = c.identifier();
      return { query: finished(c, input, start), alias, passesAliases: false };
    }
    case "ORDER":
      c.expectWord("BY");
      return passing(queryOf(c, selectStar(c, input, start), start, { orderBy: orderItems(c) }), input);
    case "LIMIT": {
      const limit = parseExpression(c);
      const offset = c.acceptWords("OFFSET") ? parseExpression(c) : undefined;
      return passing(queryOf(c, selectStar(c, input, start), start, { limit, offset }), input);
    }
    case "DISTINCT":
      return passing(queryOf(c, { ...selectStar(c, input, start), distinct: true }, start), input);
    case "AGGREGATE":
      return aggregate(c, input, start);
    case "ASSERT":
      return assertion(c, input, start);
    default:
      throw unsupported(`Pipe operator ${token.text.toUpperCase()}`, token);
  }
}

/** A query whose rows have no name. */
function unnamed(query: Query): Finished {
  return { query, alias: undefined, passesAliases: false };
}

/** The query of an operator that keeps the rows of its input. */
function passing(query: Query, input: Input): Finished {
  return { query, alias: aliasOf(input), passesAliases: true };
}

/** The only name that a table had, for readers that look no further. */
function aliasOf(input: Input): Identifier | undefined {
  if ("query" in input) return input.alias;
  const { from } = input;
  if (from.kind === "table") return from.alias ?? from.path.at(-1);
  return from.kind === "derived" || from.kind === "unnest" ? from.alias : undefined;
}

function asFrom(c: Cursor, input: Input, start: number): FromItem {
  if ("from" in input && input.where === undefined) return input.from;
  const alias = aliasOf(input);
  const query = finished(c, input, start);
  const passesAliases = "from" in input || input.passesAliases;
  return { kind: "derived", query, passesAliases, alias, offset: undefined, ...c.span(start) };
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
  // A window is over the rows that the conditions before it leave.
  if (callsWindow(condition))
    return passing(queryOf(c, { ...selectStar(c, input, start), qualify: condition }, start), input);
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
  const body = { ...selectOf(c, input, items, start), distinct, as, windows, pipe: "SELECT" } as const;
  return unnamed(queryOf(c, body, start));
}

function extend(c: Cursor, input: Input, start: number): Input {
  const items = parseSelectItems(c);
  const windows = c.acceptWords("WINDOW") ? parseNamedWindows(c) : [];
  const all: SelectItem[] = [{ ...STAR, ...c.span(start) }, ...items];
  return passing(queryOf(c, { ...selectOf(c, input, all, start), windows, pipe: "EXTEND" }, start), input);
}

function set(c: Cursor, input: Input, start: number): Input {
  const replace = c.list(() => {
    const name = c.identifier();
    c.expect("=");
    return { name, expr: parseExpression(c) };
  });
  return star(c, input, start, "SET", { replace });
}

type StarChange = Partial<Pick<Extract<SelectItem, { kind: "star" }>, "except" | "replace" | "rename">>;

function star(c: Cursor, input: Input, start: number, pipe: PipeList, change: StarChange): Input {
  const item: SelectItem = { ...STAR, ...change, ...c.span(start) };
  return passing(queryOf(c, { ...selectOf(c, input, [item], start), pipe }, start), input);
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

function aggregate(c: Cursor, input: Input, start: number): Input {
  const { items, groupBy, orderBy } = parsePipeAggregate(c, start);
  const body = { ...selectOf(c, input, items, start), groupBy };
  return unnamed(queryOf(c, body, start, { orderBy }));
}

/** `ASSERT condition, message, ..`: the rows as they are, or an error at the first for which the condition does not hold. */
function assertion(c: Cursor, input: Input, start: number): Input {
  const condition = parseExpression(c);
  const parts: Expr[] = [{ kind: "string", value: "Assert failed", ...c.span(start) }];
  while (c.accept(",")) {
    parts.push({ kind: "string", value: parts.length === 1 ? ": " : " ", ...c.span(start) }, parseExpression(c));
  }
  const span = { start: condition.start, end: condition.end };
  const failure: Expr = {
    kind: "is",
    negated: false,
    test: "NULL",
    value: plainCall("ERROR", [plainCall("CONCAT", parts, span)], span),
    ...span,
  };
  return where(c, input, plainCall("IF", [condition, { kind: "bool", value: true, ...span }, failure], span), start);
}

/** `UNION ALL (query), (query)`: by name they are matched one after the other. */
function setOperation(c: Cursor, operator: SetOperator, input: Input, start: number): Input {
  let body: QueryBody = { kind: "nested", query: finished(c, input, start), ...c.span(start) };
  const others = c.list(() => arm(c));
  if (operator.byName === undefined) body = { kind: "set", ...operator, arms: [body, ...others], ...c.span(start) };
  else for (const other of others) body = { kind: "set", ...operator, arms: [body, other], ...c.span(start) };
  return unnamed(queryOf(c, body, start));
}

function arm(c: Cursor): QueryBody {
  if (c.is("(")) return parseQueryPrimary(c);
  const { start } = c.peek();
  return { kind: "nested", query: parseQuery(c), ...c.span(start) };
}
