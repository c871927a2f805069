import type { Expr, Query } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import type { SqlType } from "../../port/sql-types.js";
import { quoteName, valueType } from "../print/sql.js";
import { equalText } from "../types/equal-values.js";
import { type ColumnUse, mayBeNan, mergeUses, type Typed } from "../types/typed.js";
import { guardQuery } from "./branches.js";
import { inElementOrder } from "./element-order.js";
import { resolveExpr } from "./expression.js";
import { inlined } from "./inline.js";
import { arrayOfList, existsInList, scalarOfList } from "./list-subquery.js";
import { unify } from "./operators.js";
import { resolveQuery } from "./query.js";
import type { ExprContext, OutputColumn, ResolvedQuery } from "./scope.js";

type Node<K extends Expr["kind"]> = Extract<Expr, { kind: K }>;

interface Inner {
  readonly query: ResolvedQuery;
  /** Columns of the enclosing queries that it reads. */
  readonly uses: readonly ColumnUse[];
}

/** DuckDB's planning time grows by a factor with every level of subqueries in expressions: more would seem to hang. */
const DEEPEST = 12;

function resolveInner(query: Query, ctx: ExprContext): Inner {
  const guarded = guardQuery(query, ctx);
  const { result, uses } = ctx.env.collectOuterUses((depth) => {
    if (depth > DEEPEST) throw unsupported(`A subquery nested in ${DEEPEST} others`, query);
    return resolveQuery(guarded?.query ?? query, ctx.env, ctx.commons, guarded?.scope ?? ctx.scope);
  });
  const [column] = result.columns;
  ctx.env.lineage?.addAside(result.chosenBy);
  if (guarded === undefined || column === undefined || result.columns.length > 1) return { query: result, uses };
  return { query: { ...result, sql: guarded.around(result.sql, quoteName(column.key)) }, uses };
}

function singleColumn(query: ResolvedQuery, message: string, span: Span): OutputColumn {
  const [column] = query.columns;
  if (column === undefined || query.columns.length !== 1) throw analysisError(message, span);
  return column;
}

export function resolveScalarSubquery(expr: Node<"subquery">, ctx: ExprContext): Typed {
  const plain = inlined(expr.query);
  if (plain !== undefined) {
    const typed = resolveExpr(plain, { ...ctx, aggregates: "forbidden", windows: false });
    return { ...typed, literal: undefined, nullable: true, span: spanOf(expr) };
  }
  const list = scalarOfList(expr.query, ctx);
  if (list !== undefined) return list;
  const { query, uses } = resolveInner(expr.query, ctx);
  const column = singleColumn(
    query,
    "Scalar subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values",
    expr,
  );
  ctx.env.lineage?.add(column.origin);
  ctx.env.lineage?.hasFieldsOf(`(${query.sql})`, column.origin);
  return { sql: `(${query.sql})`, type: column.type, span: spanOf(expr), nullable: true, uses, opaque: true };
}

export function resolveArrayQuery(expr: Node<"arrayQuery">, ctx: ExprContext): Typed {
  const list = arrayOfList(expr.query, ctx);
  if (list !== undefined) return list;
  const { query, uses } = resolveInner(inElementOrder(expr.query), ctx);
  const column = singleColumn(
    query,
    "ARRAY subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values",
    expr,
  );
  if (typeof column.type === "object" && column.type.kind === "array") {
    throw analysisError(
      "Cannot use array subquery with column of type ARRAY because nested arrays are not supported",
      expr,
    );
  }
  const type: SqlType = { kind: "array", element: column.type };
  const sql = `coalesce(ARRAY(${query.sql}), CAST([] AS ${valueType(type)}))`;
  ctx.env.lineage?.add(column.origin);
  ctx.env.lineage?.hasFieldsOf(sql, column.origin);
  return { sql, type, span: spanOf(expr), nullable: false, uses, opaque: true };
}

export function resolveExists(expr: Node<"exists">, ctx: ExprContext): Typed {
  const list = existsInList(expr.query, ctx);
  if (list !== undefined) return list;
  const { query, uses } = resolveInner(expr.query, ctx);
  return { sql: `EXISTS (${query.sql})`, type: "BOOL", span: spanOf(expr), nullable: false, uses, opaque: true };
}

export function resolveInQuery(value: Typed, query: Query, negated: boolean, span: Span, ctx: ExprContext): Typed {
  const inner = resolveInner(query, ctx);
  const column = singleColumn(inner.query, "Subquery of type IN must have only one output column", query);
  ctx.env.lineage?.add(column.origin);
  const alias = ctx.env.freshAlias();
  const item: Typed = {
    sql: `${alias}.${quoteName(column.key)}`,
    type: column.type,
    span: query,
    literal: column.literal?.kind === "null" ? column.literal : undefined,
    nullable: true,
    uses: [],
  };
  const [wanted, member] = unify([value, item], "operator", "IN", span, false) as [Typed, Typed];
  if (typeof wanted.type === "object") {
    const row = ctx.env.freshAlias();
    const rows = `SELECT ${member.sql} AS v FROM (${inner.query.sql}) AS ${alias}`;
    const test = equalText(wanted.sql, `${row}.v`, wanted.type);
    const sql = `(${negated ? "NOT " : ""}(SELECT CASE WHEN coalesce(bool_or(m.t), false) THEN true WHEN count(m.t) < count(*) THEN NULL ELSE false END FROM (SELECT ${test} AS t FROM (${rows}) AS ${row}) AS m))`;
    const uses = [...mergeUses([wanted]), ...inner.uses];
    return { sql, type: "BOOL", span, nullable: true, uses, opaque: true };
  }
  // NaN equals nothing.
  const nan = wanted.type === "FLOAT64" && mayBeNan(member) ? ` WHERE isnan(${member.sql}) IS NOT TRUE` : "";
  const source =
    member.sql === item.sql && nan === ""
      ? inner.query.sql
      : `SELECT ${member.sql} FROM (${inner.query.sql}) AS ${alias}${nan}`;
  const sql = `(${wanted.sql} ${negated ? "NOT " : ""}IN (${source}))`;
  return { sql, type: "BOOL", span, nullable: true, uses: [...mergeUses([wanted]), ...inner.uses], opaque: true };
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
