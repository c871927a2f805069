import type { Expr, FromItem } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { walk } from "../../googlesql/walk.js";
import { plainZero, quoteName } from "../print/sql.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { refuseCollation } from "../types/collation.js";
import { isComparable } from "../types/equality.js";
import { resolveExpr } from "./expression.js";
import { type FromContext, lateralContext, type ResolvedFrom, relation, resolveFromItem, uniqueKey } from "./from.js";
import { callsAggregate } from "./grouping.js";
import { Gathered, gather } from "./lineage.js";
import type { ExprContext, OutputColumn, ScopeColumn } from "./scope.js";

type Item = Extract<FromItem, { kind: "pivot" }>;

/**
 * PIVOT: groups by every column that neither the input nor an aggregate reads; each aggregate counts the rows of one value.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#pivot_operator
 */
export function resolvePivot(item: Item, from: FromContext): ResolvedFrom {
  const source = resolveFromItem(item.source, from);
  const read = new Set<string>();
  const lateral = lateralContext({ ...from, left: source.visible }, "PIVOT");
  const ctx: ExprContext = { ...lateral, scope: { ...lateral.scope, reads: read } };
  const { pivot } = item;
  const { lineage } = from.env;
  const chosen = new Gathered();
  refuseSubqueries([pivot.input, ...pivot.aggregates.map(({ expr }) => expr)]);
  const input = gather(from.env, chosen, () => resolveExpr(pivot.input, ctx));
  if (!isComparable(input.type)) throw analysisError("PIVOT input must have a type that can be grouped", pivot.input);
  gather(from.env, new Gathered(), () => {
    for (const { expr } of pivot.aggregates) resolveExpr(expr, { ...ctx, aggregates: "allowed" });
  });
  const kept = source.visible.columns.filter((column) => !read.has(column.sql) && column.pseudo !== true);
  for (const { type } of kept) refuseCollation(type, "a column by which PIVOT groups", item);
  const columns = kept.map((column): OutputColumn => ({ ...outputOf(column, item), origin: lineage?.of(column.sql) }));
  // What is left over are the keys of the groups.
  for (const { sql } of kept) lineage?.read(sql);
  const values = kept.map(({ sql, type }) => plainZero(sql, type));
  for (const { expr, alias } of pivot.values) {
    const value = resolveExpr(expr, lateralContext({ ...from, left: { columns: [], ranges: [] } }, "PIVOT IN list"));
    if (coercionCost(value, input.type) === undefined)
      throw analysisError("PIVOT value does not have the type of the input", expr);
    const condition = `${input.sql} IS NOT DISTINCT FROM ${coerce(value, input.type).sql}`;
    const label = alias?.name ?? labelOf(expr);
    for (const aggregate of pivot.aggregates) {
      if (!callsAggregate(aggregate.expr) || aggregate.expr.kind !== "call") {
        throw analysisError("PIVOT expression must be an aggregate function call", aggregate.expr);
      }
      const gathered = new Gathered();
      gathered.addAside(chosen);
      const typed = gather(from.env, gathered, () =>
        resolveExpr(aggregate.expr, { ...ctx, aggregates: "allowed", filter: condition }),
      );
      const origin = lineage && gathered;
      const name =
        alias === undefined || aggregate.alias !== undefined ? columnName(aggregate.alias?.name, label) : label;
      columns.push({
        name,
        key: uniqueKey(name, columns),
        type: typed.type,
        literal: undefined,
        span: aggregate.expr,
        origin,
      });
      values.push(typed.sql);
    }
  }
  if (pivot.aggregates.length > 1 && pivot.aggregates.some((aggregate) => aggregate.alias === undefined))
    throw analysisError("PIVOT with several aggregates needs an alias for each", item);
  const keys = kept.map((column) => column.sql);
  const list = values.map((sql, i) => `${sql} AS ${quoteName((columns[i] as OutputColumn).key)}`).join(", ");
  const grouping = keys.length === 0 ? "" : ` GROUP BY ${keys.join(", ")}`;
  return relation(`(SELECT ${list} FROM ${source.sql}${grouping})`, columns, false, item.alias, from.env);
}

function outputOf(column: ScopeColumn, item: Item): OutputColumn {
  if (column.name === undefined) throw unsupported("PIVOT of a source with an anonymous column", item);
  return { name: column.name, key: column.name, type: column.type, literal: undefined, span: item };
}

function refuseSubqueries(exprs: readonly Expr[]): void {
  walk(exprs, (node) => {
    if (node.kind === "subquery" || node.kind === "arrayQuery" || node.kind === "exists")
      throw unsupported("A subquery in PIVOT", node as unknown as Expr);
    return undefined;
  });
}

/**
 * BigQuery's column name for a value without an alias.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#rules_for_pivot_column
 */
function labelOf(expr: Expr): string {
  switch (expr.kind) {
    case "string":
      return expr.value;
    case "integer":
      return String(BigInt(expr.value));
    case "float":
      throw analysisError("PIVOT values of type FLOAT64 must specify an alias", expr);
    case "bool":
      return expr.value ? "TRUE" : "FALSE";
    case "null":
      return "NULL";
    case "typedLiteral":
      return expr.value.replace(/^-/, "minus_").replace(".", "_point_").replaceAll("-", "_");
    case "unary":
      if (expr.op === "-") return `minus_${labelOf(expr.operand)}`;
      break;
    case "cast":
      return labelOf(expr.value);
    case "struct":
      return expr.fields
        .map(({ name, value }) => (name === undefined ? labelOf(value) : `${name.name}_${labelOf(value)}`))
        .join("_");
    default:
  }
  throw unsupported("A PIVOT value of this kind without an alias", expr);
}

/** A column's name cannot begin with a digit. */
function columnName(aggregate: string | undefined, label: string): string {
  if (aggregate !== undefined) return `${aggregate}_${label}`;
  return /^\d|^minus_/.test(label) ? `_${label}` : label;
}
