import type { MergeClause } from "../googlesql/script-ast.js";
import { isSameName } from "../port/sql-types.js";
import { type NewValue, setClause } from "./assignments.js";
import type { Target } from "./dml.js";
import { quoteName } from "./print/sql.js";

/** What is merged. */
export interface Sides {
  readonly target: Target;
  readonly source: string;
  readonly on: string;
}

export interface Clause {
  readonly when: MergeClause["when"];
  readonly condition: string | undefined;
  readonly action: Action;
}

export type Action =
  | { readonly kind: "delete" }
  | { readonly kind: "update" | "insert"; readonly values: readonly NewValue[] };

export function valuesOf(action: Action): readonly NewValue[] {
  return action.kind === "delete" ? [] : action.values;
}

/** The conditions of the clauses of the same kind before one, which take rows from it. */
export function earlierThan(clauses: readonly Clause[], index: number): readonly string[] {
  const { when } = clauses[index] as Clause;
  return clauses.slice(0, index).flatMap((clause) => (clause.when === when ? fails(clause.condition) : []));
}

/** A clause without a condition takes all rows that it is asked for. */
function fails(condition: string | undefined): string {
  return `(${condition ?? "true"}) IS NOT TRUE`;
}

export function actionText(action: Action, value: (given: NewValue) => string): string {
  if (action.kind === "delete") return "DELETE";
  const values = action.values.map((given) => ({ ...given, sql: given.sql === "DEFAULT" ? "DEFAULT" : value(given) }));
  if (action.kind === "update") return `UPDATE SET ${values.map(setClause).join(", ")}`;
  const columns = values.map(({ column }) => quoteName(column));
  return `INSERT (${columns.join(", ")}) VALUES (${values.map(({ sql }) => sql).join(", ")})`;
}

/** Whether a column of the table has the name of DuckDB's number of a row. */
export function hidesRowid({ table }: Target): boolean {
  return table.columns.some(({ name }) => isSameName(name, "rowid"));
}
