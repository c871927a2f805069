import type { FromItem, Statement } from "../googlesql/ast.js";
import { analysisError, unsupported } from "../googlesql/errors.js";
import type { MergeClause } from "../googlesql/script-ast.js";
import { type Column, typeName } from "../port/sql-types.js";
import { assigned, newValues } from "./assignments.js";
import {
  computedFirst,
  contextOf,
  insertedColumns,
  joinedContext,
  oneSourceRow,
  type Target,
  targetContext,
  toldApart,
} from "./dml.js";
import { mergeAtOnce } from "./merge-at-once.js";
import { hasQueries, mergeByRow } from "./merge-by-row.js";
import { type Action, type Clause, hidesRowid } from "./merge-clauses.js";
import { stored } from "./resolve/constant.js";
import { resolveAs } from "./resolve/expression.js";
import { readColumn } from "./resolve/names.js";
import type { ExprContext, Visible } from "./resolve/scope.js";
import type { StatementContext } from "./statement.js";
import { coerce, coercionCost } from "./types/coercion.js";
import { plain } from "./types/collation.js";

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
  const written = statement.clauses.map((clause): Clause => {
    const { when, condition } = clause;
    const ctx = contexts[when];
    return {
      when,
      condition: condition === undefined ? undefined : resolveAs(condition, "BOOL", ctx, "WHEN clause").sql,
      action: actionOf(clause, target, source.visible, ctx),
    };
  });
  const sourceRows = readsOthersAlone(statement.source, target, context) ? source.text : computedFirst(source.text);
  const clauses = written.filter((clause, i) => isReached(clause, written.slice(0, i)));
  const sides = { target, source: sourceRows, on };
  const isByRow = hasQueries(on, clauses);
  if (isByRow && hidesRowid(target))
    throw unsupported("A subquery in the MERGE of a table with a column rowid", statement.path);
  // Each clause is asked for on its own: a row may be taken by two, or by none.
  const deciding = [source.text, on, ...clauses.map(({ condition }) => condition ?? "")];
  if (isByRow && clauses.length > 1 && deciding.some((text) => text.includes("random()")))
    throw unsupported("A subquery in a MERGE that RAND() decides", statement.path);
  const merge = isByRow ? mergeByRow(sides, clauses) : mergeAtOnce(sides, clauses);
  const changing = clauses.filter(({ when }) => when === "MATCHED").map(({ condition }) => condition ?? "true");
  if (changing.length === 0) return [merge];
  const { text, id } = toldApart(target);
  const pairs = `FROM ${text}, ${source.text} WHERE (${on}) AND ((${changing.join(") OR (")}))`;
  return [oneSourceRow(`SELECT 1 ${pairs} GROUP BY ${id} HAVING count(*) > 1`), merge];
}

/** Whether a source is a table that is not the target itself, and no view, which may read the target; or a join, which has no name. */
function readsOthersAlone(source: FromItem, { table }: Target, { catalog }: StatementContext): boolean {
  if (source.kind !== "table") return source.kind === "join";
  const known = catalog.find(source.path.map(({ name }) => name));
  return known !== undefined && known.isView !== true && known.path.join(".") !== table.path.join(".");
}

/** The first clause that holds for a row is carried out, where DuckDB keeps one without a condition for the end. */
function isReached({ when }: Clause, before: readonly Clause[]): boolean {
  return !before.some((clause) => clause.when === when && clause.condition === undefined);
}

function actionOf({ action, ...clause }: MergeClause, target: Target, source: Visible, ctx: ExprContext): Action {
  if (action.kind === "delete") return action;
  if (action.kind === "update") return { kind: "update", values: newValues(action.set, target, ctx) };
  const columns = insertedColumns(action.columns, target.table);
  const given = action.values?.length ?? source.columns.length;
  if (given !== columns.length)
    throw analysisError(`Inserted row has wrong column count; Has ${given}, expected ${columns.length}`, clause);
  const values = columns.map((column, i) => {
    const value = action.values?.[i];
    return {
      column: column.name,
      sql: value === undefined ? sourceValue(source, i, column, clause, ctx) : assigned(value, column, ctx),
    };
  });
  return { kind: "insert", values };
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
  // What a column stores is text, whatever it is compared by.
  const value = plain(readColumn(own, clause, ctx.scope));
  if (coercionCost(value, column.type) === undefined)
    throw analysisError(
      `Value of column ${own.name} has type ${typeName(value.type)} which cannot be inserted into column ${column.name}, which has type ${typeName(column.type)}`,
      clause,
    );
  return stored(coerce(value, column.type), column, clause).sql;
}
