import type { Expr, OrderItem, Query, Select } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { plainCall } from "../../googlesql/plain-call.js";
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
  const place = { kind: "path", parts: [{ name: POSITION, start, end }], start, end } as const;
  const first: OrderItem = { expr: plainCall("MIN", [place], from), descending: false, nulls: undefined, start, end };
  return { ...query, body: { ...grouped, from: { ...from, position: POSITION } }, orderBy: [first] };
}

/** No name of a query: what it names itself may be hidden by an alias of its list. */
const POSITION = "position of the element";

/** One row for each combination of keys. */
function isByKeys(groupBy: Select["groupBy"]): boolean {
  if (groupBy === undefined) return false;
  return groupBy.kind === "all" || groupBy.items.every(({ kind }) => kind === "expr");
}

/** Rows that differ are the groups of all their columns; of no rows there is none, also where all columns are constants. */
function withoutDistinct(select: Select): Select | undefined {
  const isPlain = select.items.every((item) => item.kind === "star" || !isComputed(item.expr));
  const clauses = [select.groupBy, select.having, select.qualify];
  if (!isPlain || clauses.some((clause) => clause !== undefined)) return undefined;
  const having = atLeastOne(select);
  return { ...select, distinct: false, groupBy: { kind: "all" }, having };
}

/** `COUNT(*) > 0` */
function atLeastOne({ start, end }: Span): Expr {
  const count = { ...plainCall("COUNT", [], { start, end }), star: true };
  return { kind: "binary", op: ">", left: count, right: { kind: "integer", value: "0", start, end }, start, end };
}

function isComputed(expr: Expr): boolean {
  return callsAggregate(expr) || callsWindow(expr);
}
