import type { Expr, Grouping, GroupingItem, OrderItem, SelectItem } from "../ast.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./expression.js";
import { parseGroupingItem, parseSelectItem } from "./query.js";

/** A pipe AGGREGATE as the parts of a SELECT. */
export interface PipeAggregate {
  readonly items: readonly SelectItem[];
  readonly groupBy: Grouping | undefined;
  readonly orderBy: readonly OrderItem[];
}

/** How an item orders the result: `ASC` or `DESC`, `NULLS FIRST` or `NULLS LAST`. */
interface Direction {
  readonly descending: boolean;
  readonly nulls: "FIRST" | "LAST" | undefined;
}

/**
 * `AGGREGATE x AS a DESC, .. GROUP [AND ORDER] BY k AS b, ROLLUP(..)`: grouping columns come first, then the aggregates.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/pipe-syntax#aggregate_pipe_operator
 */
export function parsePipeAggregate(c: Cursor, start: number): PipeAggregate {
  const aggregates: SelectItem[] = [];
  const orders: (Direction | undefined)[] = [];
  const ended = (): boolean => c.isWord("GROUP") || c.atEnd() || c.is("|>") || c.is(")") || c.is(";");
  while (!ended()) {
    aggregates.push(parseSelectItem(c));
    orders.push(parseDirection(c));
    if (!c.accept(",")) break;
  }
  const keys = new Keys();
  const items: GroupingItem[] = [];
  if (c.acceptWords("GROUP")) {
    const ordered = c.acceptWords("AND", "ORDER");
    c.expectWord("BY");
    items.push(...c.list(() => parseItem(c, keys, ordered)));
  }
  const all = [...keys.directions, ...orders];
  const orderBy = all.flatMap((direction, i): OrderItem[] =>
    direction === undefined ? [] : [{ expr: position(i + 1, c, start), ...direction, ...c.span(start) }],
  );
  const groupBy = items.length === 0 ? undefined : ({ kind: "items", items } as const);
  return { items: [...keys.items, ...aggregates], groupBy, orderBy };
}

function parseItem(c: Cursor, keys: Keys, ordered: boolean): GroupingItem {
  const { start } = c.peek();
  const nested = c.isWord("ROLLUP") || c.isWord("CUBE") || c.isWords("GROUPING", "SETS");
  if (nested || (c.is("(") && c.is(")", 1))) return withPositions(parseGroupingItem(c), keys, c);
  const expr = parseExpression(c);
  const alias = c.optionalAlias();
  const direction = parseDirection(c) ?? (ordered ? { descending: false, nulls: undefined } : undefined);
  const place = keys.add({ kind: "expr", expr, alias, ...c.span(start) }, direction);
  return { kind: "expr", expr: position(place, c, start), ...c.span(start) };
}

/** Grouping sets name their keys by position, each of which is a column of the result. */
function withPositions(item: GroupingItem, keys: Keys, c: Cursor): GroupingItem {
  const place = (expr: Expr): Expr => {
    const column: SelectItem = { kind: "expr", expr, alias: undefined, start: expr.start, end: expr.end };
    return position(keys.add(column, undefined), c, expr.start);
  };
  switch (item.kind) {
    case "expr":
      return { ...item, expr: place(item.expr) };
    case "list":
      return { ...item, exprs: item.exprs.map(place) };
    case "sets":
      return { ...item, items: item.items.map((member) => withPositions(member, keys, c)) };
    default:
      return { ...item, sets: item.sets.map((set) => set.map(place)) };
  }
}

/** The grouping columns, each once. */
class Keys {
  readonly items: SelectItem[] = [];
  readonly directions: (Direction | undefined)[] = [];
  private readonly places = new Map<string, number>();

  add(item: Extract<SelectItem, { kind: "expr" }>, direction: Direction | undefined): number {
    const text = JSON.stringify([item.expr, item.alias?.name], (key, value: unknown) =>
      key === "start" || key === "end" || key === "nameSpan" ? undefined : value,
    );
    const known = this.places.get(text);
    if (known !== undefined) return known;
    this.items.push(item);
    this.directions.push(direction);
    this.places.set(text, this.items.length);
    return this.items.length;
  }
}

function parseDirection(c: Cursor): Direction | undefined {
  const written = c.isWord("ASC") || c.isWord("DESC");
  const descending = c.acceptWords("DESC") || (c.acceptWords("ASC") && false);
  const nulls = c.acceptWords("NULLS", "FIRST") ? "FIRST" : c.acceptWords("NULLS", "LAST") ? "LAST" : undefined;
  return written ? { descending, nulls } : undefined;
}

function position(place: number, c: Cursor, start: number): Expr {
  return { kind: "integer", value: String(place), ...c.span(start) };
}
