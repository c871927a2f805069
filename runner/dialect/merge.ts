import type { Statement } from "../googlesql/ast.js";
import { analysisError } from "../googlesql/errors.js";
import type { MergeClause } from "../googlesql/script-ast.js";
import { type Column, isSameName } from "../port/sql-types.js";
import { assigned, setClauses } from "./assignments.js";
import {
  contextOf,
  insertedColumns,
  joinedContext,
  oneSourceRow,
  type Target,
  targetContext,
  toldApart,
} from "./dml.js";
import { quoteName } from "./print/sql.js";
import { stored } from "./resolve/constant.js";
import { resolveAs } from "./resolve/expression.js";
import { readColumn } from "./resolve/names.js";
import type { ExprContext, Visible } from "./resolve/scope.js";
import type { StatementContext } from "./statement.js";
import { coerce, coercionCost } from "./types/coercion.js";

/**
 * MERGE: first a check that fails when a target row would be changed by two source rows, as BigQuery does; then the statement.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax#merge_statement
 */
export function translateMerge(statement: Extract<Statement, { kind: "merge" }>, context: StatementContext): string[] {
  const target = targetContext(statement.path, statement.alias, context);
  const source = joinedContext(target, statement.source, context);
  const sourceOnly = { ...contextOf(source.visible, context), env: target.ctx.env };
  const contexts: Record<MergeClause["when"], ExprContext> = {
    MATCHED: source.ctx,
    "NOT MATCHED BY TARGET": sourceOnly,
    "NOT MATCHED BY SOURCE": target.ctx,
  };
  const on = resolveAs(statement.on, "BOOL", source.ctx, "MERGE condition").sql;
  const conditions = statement.clauses.map(({ when, condition }) =>
    condition === undefined ? undefined : resolveAs(condition, "BOOL", contexts[when], "WHEN clause").sql,
  );
  const clauses = statement.clauses.map((clause, i) => {
    const { when } = clause;
    const earlier = conditions.slice(0, i).filter((_, before) => statement.clauses[before]?.when === when);
    const guarded = guardOf([...sideOf(when, on, target), ...earlier.map(fails), conditions[i]]);
    const action = actionText(clause, target, source.visible, contexts[when], guarded);
    return { when, condition: conditions[i], action };
  });
  const merge = [
    `MERGE INTO ${target.text} USING ${source.text} ON ${on}`,
    ...clauses.map(
      ({ when, condition, action }) =>
        `WHEN ${when}${condition === undefined ? "" : ` AND ${condition}`} THEN ${action}`,
    ),
  ].join(" ");
  const changing = clauses.filter(({ when }) => when === "MATCHED").map(({ condition }) => condition ?? "true");
  if (changing.length === 0) return [merge];
  const { text, id } = toldApart(target);
  const pairs = `FROM ${text} JOIN ${source.text} ON ${on} WHERE (${changing.join(") OR (")})`;
  return [oneSourceRow(`SELECT 1 ${pairs} GROUP BY ${id} HAVING count(*) > 1`), merge];
}

/** Computes a value for some rows alone. */
type Guard = (sql: string) => string;

/** DuckDB computes the values of every clause for every row, also for those that other clauses take: they could fail there. */
function guardOf(conditions: readonly (string | undefined)[]): Guard {
  // What would be another value when it is asked twice says nothing; with fewer conditions more is computed, never less.
  const all = conditions.filter((condition) => condition !== undefined && !/random|uuid/i.test(condition));
  if (all.length === 0) return (sql) => sql;
  const guard = all.map((condition) => `(${condition})`).join(" AND ");
  return (sql) => (sql.includes("(") ? `CASE WHEN ${guard} THEN ${sql} END` : sql);
}

/** What tells the rows of a kind of clause: only where both sides are there may a value ask for both. */
function sideOf(when: MergeClause["when"], on: string, { table, alias }: Target): readonly string[] {
  if (when === "NOT MATCHED BY TARGET") return [];
  const isThere = table.columns.some(({ name }) => isSameName(name, "rowid")) ? [] : [`${alias}.rowid IS NOT NULL`];
  return when === "MATCHED" ? [...isThere, on] : isThere;
}

/** A clause without a condition takes all rows that it is asked for. */
function fails(condition: string | undefined): string {
  return `(${condition ?? "true"}) IS NOT TRUE`;
}

function actionText(
  { action, ...clause }: MergeClause,
  target: Target,
  source: Visible,
  ctx: ExprContext,
  guarded: Guard,
): string {
  if (action.kind === "delete") return "DELETE";
  if (action.kind === "update") {
    return `UPDATE SET ${setClauses(action.set, target, ctx, guarded).join(", ")}`;
  }
  const { table } = target;
  const columns = insertedColumns(action.columns, table);
  const given = action.values?.length ?? source.columns.length;
  if (given !== columns.length)
    throw analysisError(`Inserted row has wrong column count; Has ${given}, expected ${columns.length}`, clause);
  const values =
    action.values?.map((value, i) => assigned(value, columns[i] as Column, ctx)) ??
    columns.map((column, i) => sourceValue(source, i, column, clause, ctx));
  return `INSERT (${columns.map(({ name }) => quoteName(name)).join(", ")}) VALUES (${values.map(guarded).join(", ")})`;
}

/** INSERT ROW: the source's columns in their order. */
function sourceValue(
  source: Visible,
  index: number,
  column: Column,
  clause: Omit<MergeClause, "action">,
  ctx: ExprContext,
): string {
  const own = source.columns[index] as Visible["columns"][number];
  const value = readColumn(own, clause, ctx.scope);
  if (coercionCost(value, column.type) === undefined)
    throw analysisError(`Value of column ${own.name} cannot be inserted into column ${column.name}`, clause);
  return stored(coerce(value, column.type), column, clause).sql;
}
