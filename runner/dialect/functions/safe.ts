import type { Typed } from "../types/typed.js";

/**
 * SAFE semantics: NULL where an expression fails. DuckDB's TRY takes no aggregates, window calls, subqueries or volatile calls,
 * so operands that hold one are evaluated outside, as fields of the one element of a list that a lambda maps.
 */
export class SafeScope {
  private readonly bound: string[] = [];

  /** The operand as it may stand inside TRY. */
  bind(operand: Typed): Typed {
    if (operand.opaque !== true) return operand;
    this.bound.push(operand.sql);
    return { ...operand, sql: `safe_args.a${this.bound.length}`, opaque: false };
  }

  /** NULL where `sql`, made of bound operands, fails. */
  wrap(sql: string): string {
    if (this.bound.length === 0) return `bq.safe(${sql})`;
    const fields = this.bound.map((value, i) => `a${i + 1} := ${value}`).join(", ");
    return `list_transform([struct_pack(${fields})], lambda safe_args: TRY(${sql}))[1]`;
  }

  /** True where an operand was evaluated outside: the whole is as opaque as its operands. */
  get opaque(): boolean {
    return this.bound.length > 0;
  }
}

/** A template whose failure is NULL. */
export function safely(operands: readonly Typed[], build: (args: readonly string[]) => string): string {
  const scope = new SafeScope();
  const args = operands.map((operand) => scope.bind(operand).sql);
  return scope.wrap(build(args));
}
