import type { CallExpr, Expr, Identifier, OrderItem, Query, Select } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { callsWindow } from "../../googlesql/window-calls.js";
import { callsAggregate } from "./grouping.js";

/**
 * The query of `ARRAY(SELECT .. FROM UNNEST(a) GROUP BY ..)` with its groups in the order of their first elements, in which the service
 * gives them, too; DuckDB gives them in one that changes from run to run.
 */
export function inElementOrder(query: Query): Query {
  const { body } = query;
  if (query.orderBy.length > 0 || body.kind !== "select" || body.pipe !== undefined) return query;
  const grouped = body.distinct ? withoutDistinct(body) : body;
  const { from, groupBy } = grouped ?? {};
  if (grouped === undefined || from?.kind !== "unnest" || !isByKeys(groupBy)) return query;
  const { start, end } = from;
  const hidden = { name: POSITION, isHidden: true, start, end } as const;
  const position: Identifier = from.offset ?? hidden;
  const first: OrderItem = { expr: smallest(position, from), descending: false, nulls: undefined, start, end };
  return { ...query, body: { ...grouped, from: { ...from, offset: from.offset ?? hidden } }, orderBy: [first] };
}

const POSITION = "position of the element";

/** One row for each combination of keys. */
function isByKeys(groupBy: Select["groupBy"]): boolean {
  if (groupBy === undefined) return false;
  return groupBy.kind === "all" || groupBy.items.every(({ kind }) => kind === "expr");
}

/** Rows that differ are the groups of all their columns. */
function withoutDistinct(select: Select): Select | undefined {
  const isPlain = select.items.every((item) => item.kind === "star" || !isComputed(item.expr));
  const clauses = [select.groupBy, select.having, select.qualify];
  if (!isPlain || clauses.some((clause) => clause !== undefined)) return undefined;
  return { ...select, distinct: false, groupBy: { kind: "all" } };
}

function isComputed(expr: Expr): boolean {
  return callsAggregate(expr) || callsWindow(expr);
}

function smallest({ name }: Identifier, { start, end }: Span): CallExpr {
  return {
    kind: "call",
    name: "MIN",
    nameSpan: { start, end },
    safe: false,
    args: [{ name: undefined, value: { kind: "path", parts: [{ name, start, end }], start, end } }],
    star: false,
    distinct: false,
    nulls: undefined,
    where: undefined,
    having: undefined,
    orderBy: [],
    limit: undefined,
    over: undefined,
    start,
    end,
  };
}
