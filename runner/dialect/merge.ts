import type { Statement } from "../googlesql/ast.js";
import { analysisError } from "../googlesql/errors.js";
import type { MergeClause } from "../googlesql/script-ast.js";
import type { Column } from "../port/sql-types.js";
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
  const clauses = statement.clauses.map((clause) => {
    const ctx = contexts[clause.when];
    const condition =
      clause.condition === undefined ? undefined : resolveAs(clause.condition, "BOOL", ctx, "WHEN clause").sql;
    return { when: clause.when, condition, action: actionText(clause, target, source.visible, ctx) };
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

function actionText({ action, ...clause }: MergeClause, target: Target, source: Visible, ctx: ExprContext): string {
  if (action.kind === "delete") return "DELETE";
  if (action.kind === "update") {
    return `UPDATE SET ${setClauses(action.set, target, ctx).join(", ")}`;
  }
  const { table } = target;
  const columns = insertedColumns(action.columns, table);
  const given = action.values?.length ?? source.columns.length;
  if (given !== columns.length)
    throw analysisError(`Inserted row has wrong column count; Has ${given}, expected ${columns.length}`, clause);
  const values =
    action.values?.map((value, i) => assigned(value, columns[i] as Column, ctx)) ??
    columns.map((column, i) => sourceValue(source, i, column, clause, ctx));
  return `INSERT (${columns.map(({ name }) => quoteName(name)).join(", ")}) VALUES (${values.join(", ")})`;
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
