import type { Expr } from "./ast.js";

/** The name an expression gives its output column: that of its column or field; undefined for any other expression. */
export function impliedName(expr: Expr): string | undefined {
  if (expr.kind === "path") return expr.parts.at(-1)?.name;
  return expr.kind === "field" ? expr.field.name : undefined;
}
