import type { CallExpr, Expr, OrderItem } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { COLLATED, type SqlType, typeName } from "../../port/sql-types.js";
import { CollatedCall } from "../functions/collated-calls.js";
import type { AggregateCall, AggregateModifier, FunctionDefinition } from "../functions/definition.js";
import { SafeScope } from "../functions/safe.js";
import { compared } from "../types/collation.js";
import { isComparable, isSortable } from "../types/equality.js";
import { orderKeys, printOrder } from "../types/order-keys.js";
import { derive, mayBeNan, mergeUses, type Typed } from "../types/typed.js";
import { matchOrFail, positionalArguments } from "./calls.js";
import { resolveAs, resolveExpr } from "./expression.js";
import { gatherAside } from "./lineage.js";
import type { ExprContext, Scope } from "./scope.js";
import { resolveOver } from "./windows.js";

type Aggregate = FunctionDefinition & { kind: "aggregate" };

/** An aggregate call, with or without OVER. */
export function resolveAggregate(call: CallExpr, definition: Aggregate, outer: ExprContext): Typed {
  checkPlace(call, outer);
  checkModifiers(call, definition);
  const windowed = call.over !== undefined;
  // Inside an aggregate every column may be read; inside a window the grouping still counts.
  const scope = { ...outer.scope, closesVariables: true };
  const inner: ExprContext = windowed
    ? { ...outer, windows: false, scope }
    : { ...outer, aggregates: "inside aggregate", windows: false, scope: { ...scope, groupKeys: undefined } };
  const condition = call.where && gatherAside(outer.env, () => inputCondition(call, inner));
  const ctx = condition === undefined ? outer : { ...outer, filter: both(outer.filter, condition.sql) };
  if (call.having !== undefined && call.name === "ANY_VALUE" && !windowed)
    return resolveHavingModifier(call, inner, ctx, condition);
  const extreme = call.having === undefined ? undefined : havingRows(call, inner, ctx);
  const safe = call.safe ? new SafeScope() : undefined;
  const collation = new CollatedCall(call);
  const given = call.star ? [] : positionalArguments(call, inner).map((arg, i) => collation.take(guarded(arg, ctx), i));
  const args = call.name === "COUNT" && call.distinct ? given.map(compared) : given;
  if (call.distinct && collation.passes) throw unsupported(`DISTINCT of values with COLLATE in ${call.name}`, call);
  const incomparable = call.distinct
    ? args.find(({ type }) => !isComparable(type) && !(type === COLLATED && EXTREMES.has(call.name)))
    : undefined;
  if (incomparable !== undefined)
    throw analysisError(
      `Aggregate functions with DISTINCT cannot be used with arguments of type ${typeName(incomparable.type)}`,
      call,
    );
  const { candidate, match } = matchOrFail(call, definition.overloads, args);
  const over = call.over === undefined ? undefined : resolveOver(call.over, ctx, definition.allows.has("FRAMELESS"));
  const order = call.orderBy.map((item) => ({
    item,
    value: guarded(
      gatherAside(ctx.env, () => argumentOrder(item.expr, inner)),
      ctx,
    ),
  }));
  const limit = call.limit === undefined ? undefined : literalLimit(call.limit, inner);
  const spec: AggregateCall = {
    of: (name, parts, options = {}) => {
      const distinct = call.distinct && !options.plain ? "DISTINCT " : "";
      const sorted =
        order.length > 0 && !options.plain
          ? ` ORDER BY ${order.map(({ item, value }) => (call.distinct ? printOrder(options.distinctBy ?? value.sql, item) : orderKeys(value, item))).join(", ")}`
          : "";
      if (extreme !== undefined) return ofExtremeRows(name, parts, sorted, options.filter, call, extreme, ctx.filter);
      const plain = `${name}(${distinct}${parts.join(", ")}${sorted})${filtered(options.filter, ctx.filter)}`;
      const text = over === undefined ? plain : over.call(plain);
      return safe === undefined ? text : safe.bindText(text);
    },
    limit,
    ignoreNulls: call.nulls === "IGNORE",
    respectNulls: call.nulls === "RESPECT",
    distinct: call.distinct,
    windowed,
    ordered: order.length > 0,
    additive: !call.distinct && extreme === undefined,
    divisible: !call.distinct && extreme === undefined && over === undefined,
    firstOf: (value, options) => {
      const [key, ...others] = order;
      if (key === undefined || others.length > 0 || !spec.divisible || !EASILY_ORDERED.has(key.value.type))
        return undefined;
      if (orderKeys(key.value, key.item) !== printOrder(key.value.sql, key.item)) return undefined;
      return firstInOrder(spec, value, { ...key, filter: options?.filter });
    },
  };
  const keys = call.name === "GROUPING" ? ctx.scope.separateKeys : undefined;
  if (call.name === "GROUPING") requireKey(match.args[0] as Typed, ctx.scope);
  const built = candidate.build(
    match.args.map((arg) => keys?.get(arg.sql) ?? ownText(arg, inner)),
    spec,
    windowed ? match.args.map(repeatable) : match.args,
  );
  const sql = safe === undefined ? built : safe.wrap(built);
  // The elements of an array have the fields of its argument.
  if (PICKING.has(call.name) && args[0] !== undefined)
    ctx.env.lineage?.hasFieldsOf(sql, ctx.env.lineage.of(args[0].sql));
  const parts = [
    ...match.args,
    ...(condition === undefined ? [] : [condition]),
    ...(extreme === undefined ? [] : [extreme.key]),
    ...order.map(({ value }) => value),
    ...(over?.parts ?? []),
  ];
  const nullable = candidate.signature.nullability !== "never";
  if (!windowed) rejectNested(parts);
  const typed: Typed = {
    ...collation.give(derive(sql, match.type, { start: call.start, end: call.end }, parts, nullable)),
    opaque: true,
    onlyAggregates: !windowed && parts.every((part) => part.opaque !== true),
    aggregated: !windowed,
  };
  return windowed ? typed : withoutOwnUses(typed, ctx);
}

/** A longer text is not written several times over. */
const REPEATED = 10_000;

/** The argument of a window call, which may be named several times where only aggregates make it opaque. */
function repeatable(arg: Typed): Typed {
  return arg.onlyAggregates === true && arg.sql.length <= REPEATED ? { ...arg, opaque: false } : arg;
}

/** `SUM(x WHERE condition)`: which rows it takes. https://cloud.google.com/bigquery/docs/reference/standard-sql/aggregate-function-calls */
function inputCondition(call: CallExpr, inner: ExprContext): Typed {
  if (call.name === "GROUPING") throw analysisError("WHERE is not supported in calls to GROUPING", call);
  return resolveAs(call.where as Expr, "BOOL", inner, "WHERE clause");
}

const both = (filter: string | undefined, condition: string): string =>
  filter === undefined ? condition : `(${filter}) AND (${condition})`;

/** DuckDB computes what an aggregate is given before it filters; what does not count must not fail. */
function guarded(value: Typed, { filter, env }: ExprContext): Typed {
  if (filter === undefined || value.uses.length === 0) return value;
  const sql = `CASE WHEN ${filter} THEN ${value.sql} END`;
  env.lineage?.define(sql, env.lineage.of(value.sql));
  return { ...value, sql, literal: undefined, arithmetic: undefined };
}

/** Only the rows for which all conditions hold. */
function filtered(...conditions: readonly (string | undefined)[]): string {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? "" : ` FILTER (WHERE ${given.join(" AND ")})`;
}

function requireKey(arg: Typed, { groupKeys, separateKeys }: Scope): void {
  if (groupKeys?.has(arg.sql) !== true && separateKeys?.has(arg.sql) !== true)
    throw analysisError("GROUPING must have an argument that exists within the group-by expression list", arg.span);
}

/** Types whose values DuckDB orders as GoogleSQL does. */
const EASILY_ORDERED: ReadonlySet<SqlType> = new Set<SqlType>([
  ...(["INT64", "NUMERIC", "STRING", "BOOL", "DATE", "DATETIME", "TIMESTAMP", "TIME"] as const),
]);

/** The value may be NULL, and so may its key: what there is tells the counts of rows and of keys. */
function firstInOrder(
  spec: AggregateCall,
  value: string,
  {
    value: key,
    item,
    filter,
  }: { readonly value: Typed; readonly item: OrderItem; readonly filter: string | undefined },
): string {
  const options = { plain: true, ...(filter === undefined ? {} : { filter }) };
  const withoutKey = `${key.sql} IS NULL`;
  const among = filter === undefined ? withoutKey : `(${filter}) AND ${withoutKey}`;
  const unordered = `[${spec.of("first", [value], { plain: true, filter: among })}]`;
  const least = `[${spec.of(item.descending ? "arg_max_null" : "arg_min_null", [value, key.sql], options)}]`;
  const [rows, keys] = [spec.of("count", ["*"], options), spec.of("count", [key.sql], options)];
  const nulls = item.nulls ?? (item.descending ? "LAST" : "FIRST");
  return nulls === "FIRST"
    ? `CASE WHEN ${keys} < ${rows} THEN ${unordered} WHEN ${rows} > 0 THEN ${least} END`
    : `CASE WHEN ${keys} > 0 THEN ${least} WHEN ${rows} > 0 THEN ${unordered} END`;
}

/** Whether a scope is that of a query, or within one: others hold variables. */
function isWithinRows(scope: Scope | undefined): boolean {
  return scope !== undefined && (scope.isConstant !== true || isWithinRows(scope.parent));
}

/**
 * An aggregate over nothing but columns of outer queries belongs to the query in which it stands; DuckDB takes it for one of the outer query,
 * unless a column of this one is in its argument. What has no uses may be a grouping key of an outer query.
 */
function ownText(arg: Typed, { scope }: ExprContext): string {
  const own = scope.columns[0]?.sql;
  // Among its own groups a window call reads keys of its own, and aggregates.
  const mayBeKey = arg.literal === undefined && scope.groupKeys === undefined && isWithinRows(scope.parent);
  const reads = arg.uses.length > 0 || mayBeKey;
  const isOuter = reads && arg.uses.every(({ owner }) => owner !== scope.owner);
  return isOuter && own !== undefined ? `CASE WHEN ${own} IS NULL OR true THEN ${arg.sql} END` : arg.sql;
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

/** Aggregates to which DISTINCT makes no difference. */
const EXTREMES = new Set(["MIN", "MAX"]);

/** Aggregates that give the very values of their argument. */
const PICKING = new Set(["ARRAY_AGG", "ANY_VALUE", "MIN", "MAX"]);

function checkPlace(call: CallExpr, ctx: ExprContext): void {
  if (call.over !== undefined) {
    if (!ctx.windows) throw analysisError(`Analytic function not allowed in ${ctx.clause}`, call);
    return;
  }
  if (ctx.aggregates === "inside aggregate") throw analysisError(`Aggregations of aggregations are not allowed`, call);
  if (ctx.aggregates === "forbidden")
    throw analysisError(`Aggregate function ${call.name}${call.star ? "(*)" : ""} not allowed in ${ctx.clause}`, call);
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
  const ordering = call.orderBy.length > 0 ? "ORDER BY" : call.limit !== undefined ? "LIMIT" : undefined;
  if (call.over !== undefined && ordering !== undefined)
    throw analysisError(`Analytic function ${call.name} does not support ${ordering} in arguments`, call);
  if (
    call.distinct &&
    call.orderBy.some((item) => !call.args.some((argument) => sameText(argument.value, item.expr)))
  ) {
    throw analysisError(
      "An aggregate function that has both DISTINCT and ORDER BY arguments can only ORDER BY expressions that are arguments to the function",
      call,
    );
  }
  if (call.star && call.distinct) throw analysisError("COUNT(*) cannot be used with DISTINCT", call);
  if (call.name === "COUNT" && !call.star && call.args.length === 0)
    throw analysisError(
      "Number of arguments does not match for aggregate function COUNT. Supported signature: COUNT(ANY)",
      call,
    );
  if (call.star && call.name !== "COUNT") throw analysisError(`Argument * can only be used in COUNT(*)`, call);
  if (call.distinct && call.over !== undefined && (call.orderBy.length > 0 || call.over.orderBy.length > 0)) {
    throw analysisError("Window ORDER BY is not allowed if DISTINCT is specified", call.over);
  }
}

function argumentOrder(expr: Expr, inner: ExprContext): Typed {
  const value = orderable(resolveExpr(expr, inner));
  if (value.literal?.kind === "integer")
    throw analysisError("Aggregate functions do not allow ORDER BY by index in arguments", expr);
  if (value.literal !== undefined) throw analysisError("Cannot ORDER BY literal values", expr);
  return value;
}

function orderable(value: Typed): Typed {
  if (!isSortable(value.type))
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
function resolveHavingModifier(
  call: CallExpr,
  inner: ExprContext,
  ctx: ExprContext,
  condition: Typed | undefined,
): Typed {
  const having = call.having as NonNullable<CallExpr["having"]>;
  if (call.name !== "ANY_VALUE" || call.over !== undefined || call.distinct) {
    throw unsupported(`${call.name}(... HAVING ${having.extreme} ...)`, call);
  }
  const [value] = positionalArguments(call, inner).map((arg) => guarded(arg, ctx));
  if (value === undefined || call.args.length !== 1)
    throw analysisError("No matching signature for function ANY_VALUE", call);
  const key = guarded(
    gatherAside(ctx.env, () => compared(orderable(resolveExpr(having.expr, inner)))),
    ctx,
  );
  const parts = condition === undefined ? [value, key] : [value, key, condition];
  rejectNested(parts);
  // NaN is the extreme where there is one, and equals no key.
  const filter = filtered(ctx.filter);
  const nan = mayBeNan(key) ? `bool_or(isnan(${key.sql}))${filter}` : undefined;
  const picked = `${having.extreme === "MAX" ? "arg_max_null" : "arg_min_null"}(${value.sql}, ${key.sql})${filter}`;
  const sql = nan === undefined ? picked : `CASE WHEN NOT coalesce(${nan}, false) THEN ${picked} END`;
  const span = { start: call.start, end: call.end };
  return withoutOwnUses(
    { sql, type: value.type, span, nullable: true, uses: mergeUses(parts), opaque: true, aggregated: true },
    ctx,
  );
}

interface ExtremeRows {
  readonly key: Typed;
  readonly extreme: "MAX" | "MIN";
}

/** The key of a HAVING modifier that any aggregate but those below may carry. */
function havingRows(call: CallExpr, inner: ExprContext, ctx: ExprContext): ExtremeRows {
  const having = call.having as NonNullable<CallExpr["having"]>;
  if (call.over !== undefined || (call.orderBy.length > 0 && call.distinct) || call.safe)
    throw unsupported(`${call.name}(... HAVING ${having.extreme} ...) with other modifiers`, call);
  const key = guarded(
    gatherAside(ctx.env, () => compared(orderable(resolveExpr(having.expr, inner)))),
    ctx,
  );
  rejectNested([key]);
  return { key, extreme: having.extreme };
}

/**
 * An aggregate of the rows whose key is the extreme one: they are collected, picked out, and aggregated as a list. Names of lambdas stand in
 * parentheses before a field: in HAVING, DuckDB takes `h$.r` for a column.
 */
function ofExtremeRows(
  name: string,
  parts: readonly string[],
  sorted: string,
  filter: string | undefined,
  call: CallExpr,
  { key, extreme }: ExtremeRows,
  outer: string | undefined,
): string {
  const [value = "*", ...rest] = parts;
  if (!LIST_AGGREGATES.has(name)) throw unsupported(`${call.name}(... HAVING ${extreme} ...)`, call);
  const distinct = value.startsWith("DISTINCT ");
  const plain = distinct ? value.slice(9) : value;
  const rows = `list({'k': ${key.sql}, 'v': ${plain === "*" ? "true" : plain}}${sorted})${filtered(filter, outer)}`;
  const nan = key.type === "FLOAT64" && extreme === "MIN";
  const keys = `list_transform((h$).r, lambda e$: (e$).k)`;
  const best = nan
    ? `CASE WHEN isnan(list_max(${keys})) THEN list_max(${keys}) ELSE list_min(${keys}) END`
    : `list_${extreme.toLowerCase()}(${keys})`;
  // Where all keys are NULL every row counts; NaN equals no key.
  const equal =
    key.type === "FLOAT64"
      ? "((e$).k = (g$).b AND NOT isnan((e$).k)) OR ((g$).b IS NULL AND (e$).k IS NULL)"
      : "(e$).k IS NOT DISTINCT FROM (g$).b";
  const kept = `list_transform(list_filter((g$).r, lambda e$: ${equal}), lambda e$: (e$).v)`;
  const list = call.distinct || distinct ? `list_distinct(${kept})` : kept;
  const result = plain === "*" ? `coalesce(len(${kept}), 0)` : aggregateOfList(name, list, rest);
  return `list_transform(list_transform([struct_pack(r := ${rows})], lambda h$: struct_pack(r := (h$).r, b := ${best})), lambda g$: ${result})[1]`;
}

const LIST_AGGREGATES = new Set([
  "count",
  "sum",
  "avg",
  "min",
  "max",
  "list",
  "string_agg",
  "bool_and",
  "bool_or",
  "bit_and",
  "bit_or",
  "bit_xor",
  "any_value",
  "stddev_samp",
  "stddev_pop",
  "var_samp",
  "var_pop",
]);

/** Aggregates of FLOAT64 whose last digits go by the order of what they are given. */
const BY_VALUE = new Set(["sum", "avg", "stddev_samp", "stddev_pop", "var_samp", "var_pop"]);

function aggregateOfList(name: string, list: string, rest: readonly string[]): string {
  // Of no rows, as where NaN is the extreme key, which equals none.
  if (name === "list") return `nullif(${list}, [])`;
  const args = [BY_VALUE.has(name) ? `list_sort(${list})` : list, `'${name}'`, ...rest].join(", ");
  return name === "count" ? `coalesce(list_aggregate(${args}), 0)` : `list_aggregate(${args})`;
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
