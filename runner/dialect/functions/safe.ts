import type { Typed } from "../types/typed.js";

/**
 * SAFE semantics: NULL where an expression fails. DuckDB's TRY takes no aggregates, window calls, subqueries or volatile calls, its
 * optimizer moves a repeated expression out of TRY, and in a grouped query a lambda may not hold a grouping expression. So every operand
 * that is no literal is evaluated outside, as a field of the one element of a list that a lambda maps. After a vector that fails, TRY goes
 * on row by row, and in DuckDB 1.5.6 a COALESCE whose operand failed may then end the process, unless it stands in a lambda of its own:
 * `macro` makes one of every COALESCE that names an argument twice.
 */
export class SafeScope {
  private readonly bound: string[] = [];

  /** The operand as it may stand inside TRY; `literals`: those too, where DuckDB would evaluate the call before TRY does. */
  bind(operand: Typed, literals = false): Typed {
    if (
      !literals &&
      operand.literal !== undefined &&
      operand.literal.kind !== "struct" &&
      operand.literal.kind !== "array"
    )
      return operand;
    this.bound.push(operand.sql);
    return { ...operand, sql: `safe_args[${this.bound.length}]`, literal: undefined };
  }

  /** The same of a text, which is more than TRY can take. */
  bindText(sql: string): string {
    this.bound.push(sql);
    return `safe_args[${this.bound.length}]`;
  }

  /** NULL where `sql`, made of bound operands, fails. */
  wrap(sql: string): string {
    if (this.bound.length === 0) return `bq.safe(${sql})`;
    return `list_transform([row(${this.bound.join(", ")})], lambda safe_args: TRY(${sql}))[1]`;
  }
}

/** A template whose failure is NULL. */
export function safely(operands: readonly Typed[], build: (args: readonly string[]) => string): string {
  const scope = new SafeScope();
  const args = operands.map((operand) => scope.bind(operand).sql);
  return scope.wrap(build(args));
}
