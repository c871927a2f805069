import type { Expr, Query } from "../../googlesql/ast.js";
import { isVolatile, PARENTHESIS_FREE } from "../../googlesql/volatile-names.js";
import { walk } from "../../googlesql/walk.js";
import { callsWindow } from "../../googlesql/window-calls.js";
import { functionNamed } from "../functions/registry.js";
import { callsAggregate } from "./grouping.js";

/**
 * The expression for which a scalar subquery of no FROM stands: `(SELECT x + 1)` is `x + 1`. DuckDB's planning time doubles with every
 * level of subqueries. Undefined where the subquery is more than that.
 */
export function inlined({ with: commons, body, orderBy, limit, offset }: Query): Expr | undefined {
  if (commons.length > 0 || orderBy.length > 0 || limit !== undefined || offset !== undefined) return undefined;
  if (body.kind === "nested") return inlined(body.query);
  if (body.kind !== "select" || body.as !== undefined || body.windows.length > 0) return undefined;
  const clauses = [body.from, body.where, body.groupBy, body.having, body.qualify];
  const [item] = body.items;
  if (item?.kind !== "expr" || body.items.length > 1 || clauses.some((clause) => clause !== undefined))
    return undefined;
  return isPlain(item.expr) ? item.expr : undefined;
}

/** Neither aggregates nor window calls, nor what may give another value each time it is evaluated. */
export function isPlain(expr: Expr): boolean {
  if (callsAggregate(expr) || callsWindow(expr)) return false;
  let plain = true;
  walk(expr, (node) => {
    if (node.kind === "call")
      plain &&= functionNamed(node.name as string) !== undefined && !isVolatile(node.name as string);
    if (node.kind === "path")
      plain &&= !PARENTHESIS_FREE.has(((node.parts as { name: string }[])[0]?.name ?? "").toUpperCase());
    return plain;
  });
  return plain;
}
