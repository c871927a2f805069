import type { CallExpr, Expr } from "./ast.js";
import type { Span } from "./contract.js";

/**
 * A call of a function that says nothing but its arguments.
 *
 * @param name upper-cased, as the parser gives it
 * @param nameSpan where the name stands; without it, where the call does
 */
export function plainCall(name: string, args: readonly Expr[], span: Span, nameSpan: Span = span): CallExpr {
  return {
    kind: "call",
    name,
    nameSpan: { start: nameSpan.start, end: nameSpan.end },
    safe: false,
    args: args.map((value) => ({ name: undefined, value })),
    star: false,
    distinct: false,
    nulls: undefined,
    where: undefined,
    having: undefined,
    orderBy: [],
    limit: undefined,
    over: undefined,
    start: span.start,
    end: span.end,
  };
}
