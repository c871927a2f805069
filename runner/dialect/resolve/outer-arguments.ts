import { bindAs } from "../print/bind.js";
import type { Typed } from "../types/typed.js";
import type { ExprContext } from "./scope.js";

/** Functions whose macros leave an argument as it is, because DuckDB is faster with a constant there: digits, patterns, formats, zones. */
const LEAVING =
  /^(?:ROUND|TRUNC|REGEXP_.*|FORMAT_.*|PARSE_.*|STRING|DATE|DATETIME|TIME|TIMESTAMP|(?:DATE|DATETIME|TIMESTAMP)_(?:TRUNC|DIFF))$/;

/**
 * A call whose arguments may read columns of an outer query: DuckDB does not find those within a lambda, and a macro with more than one
 * argument is one. Such arguments are bound together, outside of it, with what else is no constant.
 * @param make the call of some arguments; it may be asked twice
 */
export function withOuterArguments(
  name: string,
  ctx: ExprContext,
  make: (bind: (operand: Typed) => Typed) => Typed,
): Typed {
  if (ctx.env.depth === 0 || !LEAVING.test(name)) return make((operand) => operand);
  const operands: Typed[] = [];
  const plain = make((operand) => {
    operands.push(operand);
    return operand;
  });
  const isOuter = ({ uses }: Typed): boolean => uses.some(({ owner }) => owner !== ctx.scope.owner);
  if (operands.length < 2 || !operands.some(isOuter)) return plain;
  const bound: string[] = [];
  const { part: _part, ...made } = make((operand) => {
    if (operand.literal !== undefined) return operand;
    bound.push(operand.sql);
    return { ...operand, sql: `outer_args[${bound.length}]`, arithmetic: undefined };
  });
  const sql = bindAs("outer_args", [`row(${bound.join(", ")})`], () => made.sql);
  return { ...made, sql, arithmetic: undefined };
}
