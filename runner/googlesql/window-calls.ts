import type { Expr } from "./ast.js";
import { walk } from "./walk.js";

/** True where a window is called in the expression itself, subqueries left out. */
export function callsWindow(expr: Expr): boolean {
  let found = false;
  walk(expr, (node) => {
    if (node.kind === "subquery" || node.kind === "arrayQuery" || node.kind === "exists" || node.kind === "query")
      return false;
    if (node.kind === "call" && node.over !== undefined) found = true;
    return undefined;
  });
  return found;
}
