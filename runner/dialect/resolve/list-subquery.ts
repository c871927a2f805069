import type { Expr, Query, Select } from "../../googlesql/ast.js";
import { walk } from "../../googlesql/walk.js";
import { bindOnce } from "../print/bind.js";
import { duckdbType, holdsBignumeric } from "../print/sql.js";
import type { ColumnUse, Typed } from "../types/typed.js";
import { resolveAs, resolveExpr } from "./expression.js";
import { valueVisible } from "./from.js";
import { isPlain } from "./inline.js";
import { gatherAside, gatherValue } from "./lineage.js";
import type { ExprContext, Scope } from "./scope.js";

/**
 * Subqueries over the elements of one array, `(SELECT value FROM UNNEST(params) WHERE key = 'k')`, as DuckDB's list functions, which take a
 * small part of the time of a correlated subquery. Each is undefined where the subquery is more than that.
 */

export function scalarOfList(query: Query, ctx: ExprContext): Typed | undefined {
  const list = listQuery(query, ctx);
  if (list?.item === undefined) return undefined;
  const { item, mapped, uses, limited } = list;
  const one = (rows: string): string =>
    `CASE WHEN len(${rows}) > 1 AND CAST(concat('${TOO_MANY}', left(CAST(len(${rows}) AS VARCHAR), 0)) AS BOOLEAN) THEN NULL ELSE ${rows}[1] END`;
  const sql = limited ? `(${mapped})[1]` : bindOnce([mapped], ([rows = ""]) => one(rows));
  return { sql, type: item.type, span: spanOf(query), nullable: true, uses };
}

const TOO_MANY = "Scalar subquery produced more than one element";

export function arrayOfList(query: Query, ctx: ExprContext): Typed | undefined {
  const list = listQuery(query, ctx);
  if (list?.item === undefined || list.limited) return undefined;
  const { item, mapped, uses } = list;
  if ((typeof item.type === "object" && item.type.kind === "array") || holdsBignumeric(item.type)) return undefined;
  const type = { kind: "array", element: item.type } as const;
  const sql = `coalesce(${mapped}, CAST([] AS ${duckdbType(type)}))`;
  return { sql, type, span: spanOf(query), nullable: false, uses };
}

export function existsInList(query: Query, ctx: ExprContext): Typed | undefined {
  const list = listQuery(query, ctx);
  if (list === undefined) return undefined;
  const sql = `(coalesce(len(${list.filtered}), 0) > 0)`;
  return { sql, type: "BOOL", span: spanOf(query), nullable: false, uses: list.uses };
}

interface ListQuery {
  /** The elements that WHERE keeps, as DuckDB text. */
  readonly filtered: string;
  /** The results, as DuckDB text. */
  readonly mapped: string;
  /** A result over one element; undefined for a star. */
  readonly item: Typed | undefined;
  /** The columns of the query around it that it reads. */
  readonly uses: readonly ColumnUse[];
  /** LIMIT 1 was written. */
  readonly limited: boolean;
}

function listQuery(query: Query, ctx: ExprContext): ListQuery | undefined {
  const select = elementSelect(query);
  // Within lateral queries DuckDB loses the names of fields in lambdas; in a grouped query a lambda may hold no grouping expression.
  if (select === undefined || ctx.env.depth > 0 || ctx.scope.groupKeys !== undefined) return undefined;
  // In the condition of a join a lambda sees the tables of one side only.
  if (ctx.clause === "ON clause") return undefined;
  const { from, where } = select;
  const [first] = select.items;
  const { lineage } = ctx.env;
  const array = gatherAside(ctx.env, () => gatherValue(ctx.env, () => resolveExpr(from.array, ctx)));
  const { type } = array;
  if (typeof type === "string" || type.kind !== "array" || array.literal !== undefined || holdsBignumeric(type))
    return undefined;
  const name = ctx.env.freshAlias();
  lineage?.define(name, lineage.of(array.sql));
  const scope: Scope = {
    ...valueVisible(name, type.element, from.alias, ctx.env),
    parent: ctx.scope,
    owner: {},
    aliases: undefined,
    groupKeys: undefined,
  };
  const inner: ExprContext = { ...ctx, scope, clause: "WHERE clause", aggregates: "forbidden", windows: false };
  const { result, uses } = ctx.env.collectOuterUses(() => ({
    condition: where && gatherAside(ctx.env, () => resolveAs(where, "BOOL", inner, "WHERE clause").sql),
    item:
      first?.kind === "expr"
        ? gatherValue(ctx.env, () => resolveExpr(first.expr, { ...inner, clause: "SELECT list" }))
        : undefined,
  }));
  const { condition, item } = result;
  const filtered = condition === undefined ? array.sql : `list_filter(${array.sql}, lambda ${name}: ${condition})`;
  const same = item === undefined || item.sql === name;
  return {
    filtered,
    mapped: same ? filtered : `list_transform(${filtered}, lambda ${name}: ${item.sql})`,
    item,
    uses: [...array.uses, ...uses],
    limited: query.limit !== undefined,
  };
}

type ElementSelect = Select & { readonly from: Extract<NonNullable<Select["from"]>, { kind: "unnest" }> };

/** A SELECT of one column, or star, from the elements of an array, of which nothing holds more than plain expressions. */
function elementSelect({ with: commons, body, orderBy, limit, offset }: Query): ElementSelect | undefined {
  if (commons.length > 0 || orderBy.length > 0 || offset !== undefined || body.kind !== "select") return undefined;
  if (limit !== undefined && (limit.kind !== "integer" || limit.value !== "1")) return undefined;
  const { from, items, where } = body;
  if (from?.kind !== "unnest" || from.offset !== undefined || items.length !== 1) return undefined;
  const others = [body.groupBy, body.having, body.qualify, body.as];
  if (body.distinct || others.some((clause) => clause !== undefined) || body.windows.length > 0) return undefined;
  const [item] = items;
  if (item?.kind === "star" && (item.of !== undefined || item.except.length > 0 || item.replace.length > 0))
    return undefined;
  const exprs = [from.array, where, item?.kind === "expr" ? item.expr : undefined];
  const simple = exprs.every((expr) => expr === undefined || (isPlain(expr) && !holdsQuery(expr)));
  return simple ? (body as ElementSelect) : undefined;
}

function holdsQuery(expr: Expr): boolean {
  let found = false;
  walk(expr, (node) => {
    found ||= node.kind === "select";
    return !found;
  });
  return found;
}

function spanOf({ start, end }: Query): { start: number; end: number } {
  return { start, end };
}
