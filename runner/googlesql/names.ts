import type { Expr, Identifier } from "./ast.js";

/** The name an expression gives its output column: that of its column or field; undefined for any other expression. */
export function impliedName(expr: Expr): string | undefined {
  if (expr.kind === "path") {
    const name = expr.parts.at(-1)?.name;
    // Parameters and system variables become names of variables, and give a column none.
    return name?.startsWith("@") ? undefined : name;
  }
  return expr.kind === "field" ? expr.field.name : undefined;
}

/** Whether a path of FROM may be one of fields: with all of it in one pair of quotes it is the name of a table. */
export function isFieldPath([first, second]: readonly Identifier[]): boolean {
  return second !== undefined && second.start !== first?.start;
}
