import type { Expr, Identifier, Query } from "./ast.js";
import { impliedName } from "./names.js";
import { walk } from "./walk.js";

/**
 * The names, in lower case and sorted, that something else than a column of the name has somewhere in a query: expressions, renamed
 * columns, elements of arrays. Any other name is that of a column which the query reads and passes on as it is.
 */
export function computedNames(query: Query): readonly string[] {
  const names = new Set<string>();
  const add = (name: string | undefined): void => {
    if (name !== undefined) names.add(name.toLowerCase());
  };
  walk(query, (node) => {
    const { kind } = node;
    const alias = node.alias as Identifier | undefined;
    if (RENAMING.has(kind)) add(alias?.name);
    // The columns that are filled are named by literals.
    if (kind === "gapFill")
      walk(node.args as object, (part) => {
        if (part.kind === "string") add(part.value as string);
        return undefined;
      });
    if (kind === "sessionize") add("session_range");
    if (kind === "unnest" || kind === "table") add((node.offset as Identifier | undefined)?.name);
    if (Array.isArray(node.replace))
      for (const { name } of node.replace as readonly { name: Identifier }[]) add(name.name);
    if (Array.isArray(node.rename)) for (const { to } of node.rename as readonly { to: Identifier }[]) add(to.name);
    const expr = node.expr as Expr | undefined;
    if (alias !== undefined && typeof expr === "object" && !isNamed(expr, alias.name)) add(alias.name);
    return undefined;
  });
  return [...names].sort();
}

function isNamed(expr: Expr, name: string): boolean {
  return expr.kind === "path" && impliedName(expr)?.toLowerCase() === name.toLowerCase();
}

/** Items of a FROM clause whose alias may be that of a value. */
const RENAMING: ReadonlySet<unknown> = new Set(["unnest", "pivot", "unpivot", "tableCall", "sessionize", "gapFill"]);
