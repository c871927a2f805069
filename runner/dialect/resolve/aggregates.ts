import { typeName } from "../../sql-types.js";
import type { CallExpr, Expr } from "../ast.js";
import { analysisError, unsupported } from "../errors.js";
import type { AggregateCall, AggregateModifier, FunctionDefinition } from "../functions/definition.js";
import { isOrderable } from "../types/equality.js";
import { derive, mergeUses, type Typed } from "../types/typed.js";
import { matchOrFail, positionalArguments } from "./calls.js";
import { resolveExpr } from "./expression.js";
import { orderKeys, printOrder } from "./order.js";
import type { ExprContext } from "./scope.js";
import { resolveOver } from "./windows.js";

type Aggregate = FunctionDefinition & { kind: "aggregate" };

/** An aggregate call, with or without OVER. */
export function resolveAggregate(call: CallExpr, definition: Aggregate, ctx: ExprContext): Typed {
  if (call.safe) throw unsupported(`SAFE.${call.name}`, call);
  checkPlace(call, ctx);
  checkModifiers(call, definition);
  const windowed = call.over !== undefined;
  // Inside an aggregate every column may be read; inside a window the grouping still counts.
  const inner: ExprContext = windowed
    ? { ...ctx, windows: false }
    : { ...ctx, aggregates: "inside aggregate", windows: false, scope: { ...ctx.scope, groupKeys: undefined } };
  if (call.having !== undefined) return resolveHavingModifier(call, inner, ctx);
  const args = call.star ? [] : positionalArguments(call, inner);
  const { candidate, match } = matchOrFail(call, definition.overloads, args);
  const over = call.over === undefined ? undefined : resolveOver(call.over, ctx, definition.allows.has("FRAMELESS"));
  const order = call.orderBy.map((item) => ({ item, value: orderable(resolveExpr(item.expr, inner)) }));
  const limit = call.limit === undefined ? undefined : literalLimit(call.limit, inner);
  const spec: AggregateCall = {
    of: (name, parts, options = {}) => {
      const distinct = call.distinct && !options.plain ? "DISTINCT " : "";
      const sorted =
        order.length > 0 && !options.plain
          ? ` ORDER BY ${order.map(({ item, value }) => (call.distinct ? printOrder(value.sql, item) : orderKeys(value, item))).join(", ")}`
          : "";
      const conditions = [options.filter, ctx.filter].filter((condition) => condition !== undefined);
      const filter = conditions.length === 0 ? "" : ` FILTER (WHERE ${conditions.join(" AND ")})`;
      return `${name}(${distinct}${parts.join(", ")}${sorted})${filter}${over === undefined ? "" : ` OVER ${over.sql}`}`;
    },
    limit,
    ignoreNulls: call.nulls === "IGNORE",
    distinct: call.distinct,
    ordered: order.length > 0,
  };
  const sql = candidate.build(
    match.args.map((arg) => arg.sql),
    spec,
    match.args,
  );
  const parts = [...match.args, ...order.map(({ value }) => value), ...(over?.parts ?? [])];
  const nullable = candidate.signature.nullability !== "never";
  if (!windowed) rejectNested(parts);
  const typed: Typed = {
    ...derive(sql, match.type, { start: call.start, end: call.end }, parts, nullable),
    opaque: true,
    aggregated: !windowed,
  };
  return windowed ? typed : withoutOwnUses(typed, ctx);
}

/** A SELECT alias may bring an aggregate in: `SELECT SUM(v) AS v .. HAVING SUM(v) > 1`. */
function rejectNested(parts: readonly Typed[]): void {
  const nested = parts.find((part) => part.aggregated === true);
  if (nested !== undefined) throw analysisError("Aggregations of aggregations are not allowed", nested.span);
}

/** An aggregate settles the columns of its own SELECT; those of outer queries stay open. */
function withoutOwnUses(typed: Typed, ctx: ExprContext): Typed {
  return { ...typed, uses: typed.uses.filter((use) => use.owner !== ctx.scope.owner) };
}

function checkPlace(call: CallExpr, ctx: ExprContext): void {
  if (call.over !== undefined) {
    if (!ctx.windows) throw analysisError(`Analytic function not allowed in ${ctx.clause}`, call);
    return;
  }
  if (ctx.aggregates === "inside aggregate") throw analysisError(`Aggregations of aggregations are not allowed`, call);
  if (ctx.aggregates === "forbidden")
    throw analysisError(`Aggregate function ${call.name} not allowed in ${ctx.clause}`, call);
}

function checkModifiers(call: CallExpr, { allows }: Aggregate): void {
  const refuse = (used: boolean, modifier: AggregateModifier, words: string): void => {
    if (used && !allows.has(modifier))
      throw analysisError(`Aggregate function ${call.name} does not support ${words}`, call);
  };
  refuse(call.distinct, "DISTINCT", "DISTINCT");
  refuse(call.orderBy.length > 0, "ORDER", "ORDER BY in arguments");
  refuse(call.limit !== undefined, "LIMIT", "LIMIT in arguments");
  refuse(call.nulls !== undefined, "NULLS", "IGNORE NULLS or RESPECT NULLS");
  refuse(call.over !== undefined, "OVER", "an OVER clause");
  if (
    call.distinct &&
    call.orderBy.some((item) => !call.args.some((argument) => sameText(argument.value, item.expr)))
  ) {
    throw analysisError(
      "An aggregate function that has both DISTINCT and ORDER BY arguments can only ORDER BY expressions that are arguments to the function",
      call,
    );
  }
  if (call.star && call.name !== "COUNT") throw analysisError(`Argument * can only be used in COUNT(*)`, call);
  if (call.distinct && call.over !== undefined && (call.orderBy.length > 0 || call.over.orderBy.length > 0)) {
    throw analysisError("Window ORDER BY is not allowed if DISTINCT is specified", call.over);
  }
  if (
    call.distinct &&
    call.args.length > 0 &&
    call.orderBy.length > 0 &&
    call.limit !== undefined &&
    call.name === "STRING_AGG"
  ) {
    throw unsupported("STRING_AGG(DISTINCT ... ORDER BY ... LIMIT ...)", call);
  }
}

function orderable(value: Typed): Typed {
  if (!isOrderable(value.type))
    throw analysisError(`ORDER BY does not support expressions of type ${typeName(value.type)}`, value.span);
  return value;
}

function literalLimit(expr: Expr, ctx: ExprContext): string {
  const { literal } = resolveExpr(expr, ctx);
  if (literal?.kind !== "integer" || literal.value < 0n)
    throw analysisError("LIMIT expects a non-negative integer literal or parameter", expr);
  return `${literal.value}`;
}

/**
 * `ANY_VALUE(x HAVING MAX y)`, `MAX(x HAVING MIN y)`: DuckDB's arg_max family picks a row of the extreme `y`.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/aggregate-function-calls
 */
function resolveHavingModifier(call: CallExpr, inner: ExprContext, ctx: ExprContext): Typed {
  const having = call.having as NonNullable<CallExpr["having"]>;
  if (call.name !== "ANY_VALUE" || ctx.filter !== undefined || call.over !== undefined || call.distinct) {
    throw unsupported(`${call.name}(... HAVING ${having.extreme} ...)`, call);
  }
  const [value] = positionalArguments(call, inner);
  if (value === undefined || call.args.length !== 1)
    throw analysisError("No matching signature for function ANY_VALUE", call);
  const key = orderable(resolveExpr(having.expr, inner));
  rejectNested([value, key]);
  const sql = `${having.extreme === "MAX" ? "arg_max_null" : "arg_min_null"}(${value.sql}, ${key.sql})`;
  const span = { start: call.start, end: call.end };
  return withoutOwnUses(
    { sql, type: value.type, span, nullable: true, uses: mergeUses([value, key]), opaque: true, aggregated: true },
    ctx,
  );
}

/** The same expression, as far as names and literals go. */
function sameText(a: Expr, b: Expr): boolean {
  const text = (expr: Expr): string =>
    JSON.stringify(expr, (key, value: unknown) => {
      if (key === "start" || key === "end" || key === "nameSpan") return undefined;
      return key === "name" && typeof value === "string" ? value.toLowerCase() : value;
    });
  return text(a) === text(b);
}
