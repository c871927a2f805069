import type { OrderItem, Select, WindowSpec } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { callsWindow } from "../../googlesql/window-calls.js";
import { COLLATED, type StructType, typeName } from "../../port/sql-types.js";
import { plainZero, quoteName, structLiteral } from "../print/sql.js";
import { isGroupable, isSortable } from "../types/equality.js";
import { orderKeys } from "../types/order-keys.js";
import { mayBeNan, type Typed } from "../types/typed.js";
import { Asides, callsQuery } from "./asides.js";
import { isBranchGuard } from "./branches.js";
import { distinctRows } from "./collated-rows.js";
import { resolveAs, resolveExpr } from "./expression.js";
import { resolveFrom } from "./from.js";
import { callsAggregate, type Grouped, resolveGrouping } from "./grouping.js";
import { asRows, Gathered, gather, gatherValue, type Origin, structOrigin } from "./lineage.js";
import { asGrouped } from "./names.js";
import { hiddenItems, passedRows } from "./passed-rows.js";
import { orderOrdinal } from "./query.js";
import {
  type CommonTables,
  type Environment,
  type ExprContext,
  emptyScope,
  NOTHING_VISIBLE,
  type OutputColumn,
  type ResolvedQuery,
  type Scope,
} from "./scope.js";
import { expandItems, type PlannedItem } from "./select-list.js";

export interface SelectedItem {
  readonly name: string | undefined;
  readonly value: Typed;
}

/**
 * One SELECT with the ORDER BY of its query.
 * @param passing whether it passes on the names of its FROM clause, as pipe operators do
 */
export function resolveSelect(
  select: Select,
  orderBy: readonly OrderItem[],
  env: Environment,
  commons: CommonTables,
  parent: Scope | undefined,
  passing = false,
): ResolvedQuery & { readonly orderedBy: Origin | undefined } {
  if (select.from === undefined) checkWithoutFrom(select, orderBy);
  const choosing = new Gathered();
  const { from: source } = select;
  const from =
    source === undefined ? undefined : gather(env, choosing, () => resolveFrom(source, env, commons, parent));
  const scope: Scope = {
    ...(from?.visible ?? NOTHING_VISIBLE),
    parent,
    owner: {},
    aliases: undefined,
    groupKeys: undefined,
  };
  const base: ExprContext = {
    env,
    commons,
    scope,
    clause: "WHERE clause",
    aggregates: "forbidden",
    windows: false,
    namedWindows: namedWindows(select),
  };
  const where = gather(env, choosing, () => whereText(select, base));
  const asides = new Asides(scope, env);
  const isPlainList = select.pipe === undefined && !passing && !isGrouped(select);
  const plan = gather(env, new Gathered(), () => expandItems(select, base, isPlainList ? asides : undefined));
  const grouped =
    select.pipe === undefined ? gather(env, choosing, () => resolveGrouping(select, plan, orderBy, base)) : undefined;
  const listContext: ExprContext = {
    ...base,
    scope: grouped?.scope ?? scope,
    clause: select.pipe === undefined ? "SELECT list" : `pipe ${select.pipe}`,
    aggregates: select.pipe === undefined ? "allowed" : "forbidden",
    windows: true,
  };
  // The groups, or the rows of the windows, are there before the functions are called.
  const contextOf = (item: PlannedItem, i: number): ExprContext => {
    const isCalled = item.kind === "expr" && callsQuery(item.expr, env.catalog) && grouped?.items.has(i) !== true;
    const isLater =
      select.pipe === undefined && !passing && (grouped !== undefined || (isCalled && callsWindow(item.expr)));
    return isCalled && isLater ? { ...listContext, asides } : listContext;
  };
  const written = plan.map(
    (item, i): SelectedItem => ({
      name: item.name,
      value: gather(env, new Gathered(), () =>
        gatherValue(env, () => selectValue(item, i, grouped, contextOf(item, i))),
      ),
    }),
  );
  const inner = laterContext(written, listContext);
  const having = gather(env, choosing, () => havingCondition(select, grouped, inner));
  requireWindow(select);
  const qualify = gather(env, choosing, () => qualifyCondition(select, grouped, inner));
  const items = asides.isUsed ? written.map((item) => ({ ...item, value: asides.outside(item.value) })) : written;
  const later = asides.isUsed ? { ...inner, asides } : inner;
  const isHavingLate = asides.isIn(having);
  if (
    isHavingLate &&
    (qualify !== undefined || select.items.some((item) => item.kind === "expr" && callsWindow(item.expr)))
  )
    throw unsupported("A function whose body holds a query in HAVING beside window calls", select.having ?? select);
  const lateConditions = [
    isHavingLate ? havingCondition(select, grouped, later) : undefined,
    asides.isIn(qualify) ? qualifyCondition(select, grouped, later) : undefined,
  ];
  const groupText = grouped?.sql ?? "";
  const output = outputColumns(items, select, env);
  const isOfEqualRows = grouped !== undefined || select.distinct;
  const list = output.values
    .map((sql, i) => {
      const { key, type } = output.columns[i] as OutputColumn;
      return `${isOfEqualRows ? plainZero(sql, type) : sql} AS ${quoteName(key)}`;
    })
    .join(", ");
  if (select.distinct) checkDistinct(items);
  const collated = select.distinct && items.some(({ value }) => value.type === COLLATED);
  const passed = passing ? passedRows(select, scope, output, env) : undefined;
  const ordering = new Gathered();
  const order = gather(env, ordering, () =>
    orderText(select, orderBy, items, output, grouped, { ...later, clause: "ORDER BY clause" }),
  );
  const head = from === undefined ? "" : ` FROM ${from.sql}`;
  const havingText = having === undefined || isHavingLate ? "" : ` HAVING ${having}`;
  const qualifyText = qualify === undefined || asides.isIn(qualify) ? "" : ` QUALIFY ${qualify}`;
  const sources = `${head}${where}${groupText}${havingText}${qualifyText}`;
  const rest = `${list}${hiddenItems(passed)}${asides.isUsed ? asides.from(sources, lateConditions) : sources}`;
  const body = collated
    ? distinctRows(`SELECT ${rest}`, output.columns, env)
    : `SELECT ${select.distinct ? "DISTINCT " : ""}${rest}`;
  const ordered = order(body);
  if (select.distinct) for (const { origin } of output.columns) if (origin !== undefined) choosing.add(origin);
  const constant = from === undefined && grouped === undefined && ordered === `SELECT ${list}`;
  const isPlain = ({ value }: SelectedItem): boolean => value.opaque !== true && value.uses.length === 0;
  const rows =
    constant && select.as === undefined && items.every(isPlain) ? [items.map(({ value }) => value)] : undefined;
  const [chosenBy, orderedBy] = env.lineage === undefined ? [] : [asRows(choosing), asRows(ordering)];
  const { columns } = output;
  return { sql: ordered, columns, valueTable: select.as !== undefined, rows, chosenBy, orderedBy, passed };
}

/** Whether its rows are groups, as far as the text tells. */
function isGrouped({ groupBy, items }: Select): boolean {
  return groupBy !== undefined || items.some((item) => item.kind === "expr" && callsAggregate(item.expr));
}

function whereText({ where }: Select, ctx: ExprContext): string {
  return where === undefined ? "" : ` WHERE ${resolveAs(where, "BOOL", ctx, "WHERE clause").sql}`;
}

/** Without FROM there are no rows to choose from, group or order. */
function checkWithoutFrom(select: Select, orderBy: readonly OrderItem[]): void {
  const clauses: readonly (readonly [string, Span | undefined])[] = [
    ["a WHERE", isBranchGuard(select.where) ? undefined : select.where],
    ["a GROUP BY", select.groupBy?.kind === "items" ? select.groupBy.items[0] : select.groupBy && select],
    ["a HAVING", select.having],
    ["a QUALIFY", select.qualify],
    ["an ORDER BY", orderBy[0]],
  ];
  for (const [name, at] of clauses) {
    if (at !== undefined) throw analysisError(`Query without FROM clause cannot have ${name} clause`, at);
  }
  if (select.distinct) throw analysisError("Query without FROM clause cannot use SELECT DISTINCT", select);
  const exprs = select.items.flatMap((item) => (item.kind === "expr" ? [item.expr] : []));
  if (exprs.some(callsAggregate)) throw analysisError("SELECT without FROM clause cannot use aggregation", select);
  if (exprs.some(callsWindow)) throw analysisError("SELECT without FROM clause cannot use analytic functions", select);
}

function requireWindow(select: Select): void {
  if (select.qualify === undefined) return;
  if (callsWindow(select.qualify) || select.items.some((item) => item.kind === "expr" && callsWindow(item.expr)))
    return;
  throw analysisError("The QUALIFY clause requires analytic function to be present", select.qualify);
}

function namedWindows(select: Select): Map<string, WindowSpec> {
  return new Map(select.windows.map(({ name, spec }) => [name.name.toLowerCase(), spec]));
}

function selectValue(item: PlannedItem, index: number, grouped: Grouped | undefined, ctx: ExprContext): Typed {
  const value =
    grouped?.items.get(index) ?? (item.kind === "typed" ? regroup(item.value, ctx) : resolveExpr(item.expr, ctx));
  ctx.env.lineage?.read(value.sql);
  if (grouped !== undefined) requireGrouped(value, "SELECT list", ctx);
  return value;
}

/** A star's column was read before the grouping keys were known. */
function regroup(value: Typed, ctx: ExprContext): Typed {
  return ctx.scope.groupKeys?.has(value.sql) === true ? { ...asGrouped(value, ctx.scope), uses: [] } : value;
}

function requireGrouped(value: Typed, clause: string, ctx: ExprContext): void {
  const use = value.uses.find((candidate) => candidate.owner === ctx.scope.owner);
  if (use !== undefined) {
    throw analysisError(
      `${clause} expression references column ${use.name} which is neither grouped nor aggregated`,
      use.span,
    );
  }
}

/** HAVING, QUALIFY and ORDER BY see the SELECT list's aliases first. */
function laterContext(items: readonly SelectedItem[], ctx: ExprContext): ExprContext {
  const aliases = new Map<string, Typed>();
  for (const { name, value } of items)
    if (name !== undefined) aliases.set(name.toLowerCase(), { ...value, literal: undefined });
  return { ...ctx, scope: { ...ctx.scope, aliases } };
}

function havingCondition(select: Select, grouped: Grouped | undefined, ctx: ExprContext): string | undefined {
  const { having } = select;
  if (having === undefined) return undefined;
  if (grouped === undefined)
    throw analysisError("The HAVING clause requires GROUP BY or aggregation to be present", having);
  return checkedBool(having, grouped, { ...ctx, clause: "HAVING clause", windows: false }, "HAVING clause");
}

function qualifyCondition({ qualify }: Select, grouped: Grouped | undefined, ctx: ExprContext): string | undefined {
  const clause = "QUALIFY clause";
  return qualify === undefined ? undefined : checkedBool(qualify, grouped, { ...ctx, clause }, clause);
}

function checkedBool(
  expr: NonNullable<Select["having"]>,
  grouped: Grouped | undefined,
  ctx: ExprContext,
  clause: string,
): string {
  const value = resolveAs(expr, "BOOL", ctx, clause);
  if (grouped !== undefined) requireGrouped(value, clause, ctx);
  return value.sql;
}

function checkDistinct(items: readonly SelectedItem[]): void {
  for (const { value } of items) {
    if (!isGroupable(value.type)) {
      throw analysisError(`Column of type ${typeName(value.type)} cannot be used in SELECT DISTINCT`, value.span);
    }
  }
}

interface Output {
  readonly columns: readonly OutputColumn[];
  readonly values: readonly string[];
}

/** Output columns with DuckDB names unique within the query; AS STRUCT and AS VALUE make one column. */
function outputColumns(items: readonly SelectedItem[], select: Select, { lineage }: Environment): Output {
  if (select.as === "STRUCT") {
    const type: StructType = { kind: "struct", fields: items.map(({ name, value }) => ({ name, type: value.type })) };
    const sql = structLiteral(
      type,
      items.map(({ value }) => value.sql),
    );
    const parts = items.map(({ name, value }) => ({ name, origin: lineage?.of(value.sql) ?? new Gathered() }));
    const origin = lineage && structOrigin(parts);
    return {
      columns: [{ name: undefined, key: "value", type, literal: undefined, span: select, origin }],
      values: [sql],
    };
  }
  if (select.as === "VALUE") {
    const [item] = items;
    if (item === undefined || items.length !== 1)
      throw analysisError("SELECT AS VALUE query must have exactly one column", select);
    const column = {
      name: item.name,
      key: "value",
      type: item.value.type,
      literal: plainLiteral(item.value),
      span: item.value.span,
      origin: lineage?.of(item.value.sql),
    };
    return { columns: [column], values: [item.value.sql] };
  }
  const used = new Set<string>();
  let anonymous = 0;
  const columns = items.map(({ name, value }): OutputColumn => {
    const wanted = name ?? `f${anonymous++}_`;
    let key = wanted;
    for (let n = 1; used.has(key.toLowerCase()); n += 1) key = `${wanted}_${n}`;
    used.add(key.toLowerCase());
    const origin = lineage?.of(value.sql);
    return { name, key, type: value.type, literal: plainLiteral(value), span: value.span, origin };
  });
  return { columns, values: items.map(({ value }) => value.sql) };
}

/** What puts the rows of a query in order. */
function orderText(
  select: Select,
  orderBy: readonly OrderItem[],
  items: readonly SelectedItem[],
  output: Output,
  grouped: Grouped | undefined,
  ctx: ExprContext,
): (body: string) => string {
  if (orderBy.length === 0) return (body) => body;
  const placeOf = (item: OrderItem): number | undefined =>
    orderOrdinal(item.expr, items.length) ?? outputPosition(item, items);
  // After DISTINCT only output columns can be ordered by: a key for NaN and an expression need a query around it.
  const around =
    select.distinct &&
    (items.some(({ value }) => mayBeNan(value) || value.type === COLLATED) ||
      orderBy.some((item) => placeOf(item) === undefined));
  const wrapped = around ? ctx.env.freshAlias() : undefined;
  const keysOf = (value: Typed, place: number, item: OrderItem): string => {
    if (wrapped === undefined) return orderKeys(value, item, `${place}`);
    return orderKeys({ ...value, sql: `${wrapped}.${quoteName(output.columns[place - 1]?.key ?? "")}` }, item);
  };
  const plain = select.as === undefined;
  const texts = orderBy.map((item) => {
    const place = placeOf(item);
    const value = place === undefined ? resolveExpr(item.expr, ctx) : (items[place - 1] as SelectedItem).value;
    ctx.env.lineage?.read(value.sql);
    if (!isSortable(value.type)) {
      throw analysisError(`ORDER BY does not support expressions of type ${typeName(value.type)}`, item);
    }
    if (grouped !== undefined) requireGrouped(value, "ORDER BY clause", ctx);
    if (place !== undefined && plain) return keysOf(value, place, item);
    const same = items.findIndex((candidate) => candidate.value.sql === value.sql);
    if (same !== -1 && plain) return keysOf(value, same + 1, item);
    if (wrapped !== undefined) return orderKeys(afterDistinct(item, value, wrapped, output, ctx), item);
    return orderKeys(value, item);
  });
  const keys = ` ORDER BY ${texts.join(", ")}`;
  return (body) => (wrapped === undefined ? `${body}${keys}` : `SELECT * FROM (${body}) AS ${wrapped}${keys}`);
}

/** An ORDER BY expression over the columns that DISTINCT leaves. */
function afterDistinct(item: OrderItem, value: Typed, alias: string, output: Output, ctx: ExprContext): Typed {
  if (callsWindow(item.expr))
    throw analysisError("Analytic function not allowed in ORDER BY clause after SELECT DISTINCT", item);
  const names = new Set(output.columns.map((column) => column.name?.toLowerCase()));
  const hidden = value.uses.find((use) => !names.has(use.name.toLowerCase()));
  if (hidden !== undefined)
    throw analysisError(
      `ORDER BY clause expression references column ${hidden.name} which is not visible after SELECT DISTINCT`,
      item,
    );
  const columns = output.columns.map(({ name, key, type }) => ({ name, sql: `${alias}.${quoteName(key)}`, type }));
  return resolveExpr(item.expr, {
    ...ctx,
    scope: { ...emptyScope(ctx.scope.parent), columns },
    aggregates: "forbidden",
  });
}

/** The SELECT-list position of an alias, where it is the whole ORDER BY expression. */
function outputPosition(item: OrderItem, items: readonly SelectedItem[]): number | undefined {
  const { expr } = item;
  if (expr.kind !== "path" || expr.parts.length !== 1) return undefined;
  const key = expr.parts[0]?.name.toLowerCase();
  const matches = items.flatMap((candidate, i) => (candidate.name?.toLowerCase() === key ? [i + 1] : []));
  if (matches.length > 1) {
    const texts = new Set(matches.map((place) => items[place - 1]?.value.sql));
    if (texts.size > 1) throw analysisError(`Column name ${expr.parts[0]?.name} is ambiguous`, expr);
  }
  return matches[0];
}

/** What is known of a column's value; that of ERROR is wherever the call stands, and not where the column is read. */
function plainLiteral({ literal }: Typed): OutputColumn["literal"] {
  return literal?.kind === "error" ? undefined : literal;
}
