import type { Expr, Identifier, Query } from "./ast.js";
import type { PartRead } from "./contract.js";
import { childrenFirst, walk } from "./walk.js";

/**
 * Where a query may stop before the end of what there is: at LIMIT, and at values that it does not exceed and takes from tables, such
 * as `id <= (SELECT MAX(id) FROM t) + 100`.
 */
export function partReads(query: Query): readonly PartRead[] {
  return childrenFirst(query).flatMap((node): readonly PartRead[] => {
    if (isLimited(node)) return [{ by: "limit", tables: tablesIn(node) }];
    const most = mostOf(node as ComparisonLike);
    const tables = most === undefined ? [] : tablesIn(most);
    return tables.length === 0 ? [] : [{ by: "value", tables }];
  });
}

/** Queries have no kind; what aggregates keep of a group is no part of what there is. */
function isLimited(node: object): boolean {
  return "body" in node && "limit" in node && node.limit !== undefined;
}

type ComparisonLike = { readonly kind?: unknown; readonly op?: unknown } & Partial<
  Record<"left" | "right" | "high", Expr>
>;

/** What the other side of a comparison does not exceed. */
function mostOf({ kind, op, left, right, high }: ComparisonLike): Expr | undefined {
  if (kind === "between") return high;
  if (kind !== "binary") return undefined;
  if (op === "<" || op === "<=") return right;
  return op === ">" || op === ">=" ? left : undefined;
}

function tablesIn(node: object): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  walk(node, ({ kind, path }) => {
    if (kind === "table") found.push((path as readonly Identifier[]).map(({ name }) => name));
    return undefined;
  });
  return found;
}
