import type { Expr, Identifier, Select, SelectItem } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { impliedName } from "../../googlesql/names.js";
import { callsWindow } from "../../googlesql/window-calls.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { fieldAccess } from "../print/sql.js";
import { derive, type Typed } from "../types/typed.js";
import { Asides } from "./asides.js";
import { resolveExpr } from "./expression.js";
import { callsAggregate } from "./grouping.js";
import { fieldOrigin, gatherValue } from "./lineage.js";
import { readColumn } from "./names.js";
import type { ExprContext, ScopeColumn } from "./scope.js";
import { didYouMean } from "./suggest.js";

/** An item of the SELECT list: written as an expression, or a column that a star stands for. */
export type PlannedItem =
  | {
      readonly kind: "expr";
      readonly name: string | undefined;
      readonly expr: Expr;
      /** A field of a star: its name is no alias that the query has given. */
      readonly ofStar?: boolean;
    }
  | { readonly kind: "typed"; readonly name: string | undefined; readonly value: Typed };

/**
 * The SELECT list with its stars written out.
 * @param asides where a STRUCT may be computed once for all its fields; undefined: nowhere
 */
export function expandItems(select: Select, ctx: ExprContext, asides: Asides | undefined): PlannedItem[] {
  return select.items.flatMap((item): PlannedItem[] => {
    if (item.kind === "star") return expandStar(item, select, ctx, asides);
    return [{ kind: "expr", name: item.alias?.name ?? impliedName(item.expr), expr: item.expr }];
  });
}

function expandStar(
  item: Extract<SelectItem, { kind: "star" }>,
  select: Select,
  ctx: ExprContext,
  asides: Asides | undefined,
): PlannedItem[] {
  if (item.of === undefined && select.from === undefined) {
    throw analysisError("SELECT * must have a FROM clause", item);
  }
  const of = item.of;
  // What is computed of groups is read field by field where the groups are known.
  const computed = of !== undefined && (callsAggregate(of) || callsWindow(of)) ? of : undefined;
  const source =
    of === undefined ? starColumns(ctx.scope.columns, item, ctx) : starOf(of, ctx, computed !== undefined, asides);
  // A star written in the list of EXTEND or SELECT is one like any other.
  const pipe = select.pipe === "SELECT" || select.pipe === "EXTEND" ? undefined : select.pipe;
  checkNames(item.except, source, "EXCEPT", pipe);
  checkNames(
    item.replace.map(({ name }) => name),
    source,
    "REPLACE",
    pipe,
  );
  const renames = item.rename ?? [];
  checkNames(
    renames.map(({ from }) => from),
    source,
    "RENAME",
    pipe,
  );
  const renamed = new Map(renames.map(({ from, to }) => [from.name.toLowerCase(), to.name]));
  const dropped = new Set(item.except.map((name) => name.name.toLowerCase()));
  const replaced = new Map(item.replace.map(({ name, expr }) => [name.name.toLowerCase(), expr]));
  const kept = source.filter(({ name }) => name === undefined || !dropped.has(name.toLowerCase()));
  if (kept.length === 0) throw analysisError("SELECT * expands to zero columns after applying EXCEPT", item);
  return kept.map((column): PlannedItem => {
    const expr = column.name === undefined ? undefined : replaced.get(column.name.toLowerCase());
    const name = renamed.get(column.name?.toLowerCase() ?? "") ?? column.name;
    if (computed !== undefined && expr === undefined)
      return { kind: "expr", name, expr: fieldOf(computed, column), ofStar: true };
    return expr === undefined ? { kind: "typed", value: column.value, name } : { kind: "expr", name, expr };
  });
}

interface Named {
  readonly name: string | undefined;
  readonly value: Typed;
}

function starColumns(columns: readonly ScopeColumn[], { start, end }: Span, ctx: ExprContext): Named[] {
  return columns
    .filter(({ pseudo }) => pseudo !== true)
    .map((column) => ({ name: column.name, value: readColumn(column, { start, end }, ctx.scope) }));
}

/** `t.*`: the columns of a table, else the fields of a struct. */
function starOf(of: Expr, ctx: ExprContext, computed: boolean, asides: Asides | undefined): Named[] {
  if (of.kind === "path" && of.parts.length === 1) {
    const key = of.parts[0]?.name.toLowerCase();
    const range = ctx.scope.ranges.find((candidate) => candidate.name.toLowerCase() === key);
    if (range !== undefined && range.value === undefined) return starColumns(range.columns, of, ctx);
  }
  const { lineage } = ctx.env;
  const value = gatherValue(ctx.env, () =>
    resolveExpr(
      of,
      computed ? { ...ctx, aggregates: "allowed", windows: true, asides: new Asides(ctx.scope, ctx.env) } : ctx,
    ),
  );
  const { type } = value;
  if (typeof type === "string" || type.kind !== "struct") {
    throw analysisError(`Dot-star is not supported for type ${typeName(type)}`, of);
  }
  const isLong = !computed && value.sql.length * type.fields.length > LONG_STAR;
  const struct = isLong && asides !== undefined ? asides.hold(value) : value;
  return type.fields.map((field, i) => {
    const sql = fieldAccess(struct.sql, type, i);
    lineage?.define(sql, fieldOrigin(lineage.of(struct.sql), field.name));
    return { name: field.name, value: derive(sql, field.type as SqlType, of, [struct], true) };
  });
}

/** A star of a longer text is one of a column that is computed first. */
const LONG_STAR = 50_000;

function fieldOf(target: Expr, { name }: Named): Expr {
  const { start, end } = target;
  if (name === undefined) throw unsupported("A star of an aggregated STRUCT with an unnamed field", target);
  return { kind: "field", target, field: { name, start, end }, start, end };
}

function checkNames(names: readonly Identifier[], source: readonly Named[], list: string, pipe: Select["pipe"]): void {
  const known = source.flatMap(({ name }) => name ?? []);
  const seen = new Set<string>();
  for (const name of names) {
    const key = name.name.toLowerCase();
    const found = known.filter((candidate) => candidate.toLowerCase() === key).length;
    if (found === 0) throw missingColumn(name, known, list, pipe);
    if (found > 1 && pipe !== undefined && pipe !== "DROP")
      throw analysisError(`Column name in pipe ${pipe} exists more than once in input table: ${name.name}`, name);
    if (seen.has(key)) {
      const twice = `Duplicate column ${name.name} in SELECT * ${list} list`;
      throw analysisError(pipe === undefined ? twice : `Duplicate column name in pipe ${pipe}: ${name.name}`, name);
    }
    seen.add(key);
  }
}

function missingColumn(name: Identifier, known: readonly string[], list: string, pipe: Select["pipe"]): Error {
  const hint = didYouMean(name.name, known);
  return analysisError(
    pipe === undefined
      ? `Column ${name.name} in SELECT * ${list} list does not exist${hint}`
      : `Column name in pipe ${pipe} not found in input table: ${name.name}${hint}`,
    name,
  );
}
