import { bindAs } from "../print/bind.js";
import type { Typed } from "../types/typed.js";
import type { ExprContext } from "./scope.js";

/** Functions whose macros leave an argument as it is, because DuckDB is faster with a constant there: digits, patterns, formats, zones. */
const LEAVING =
  /^(?:ROUND|TRUNC|REGEXP_.*|FORMAT_.*|PARSE_.*|STRING|DATE|DATETIME|TIME|TIMESTAMP|(?:DATE|DATETIME|TIMESTAMP)_(?:TRUNC|DIFF))$/;

/** Functions whose texts or macros name an argument within a lambda. */
const HOLDING_LAMBDAS = /^(?:JSON_|REGEXP_|FORMAT_|PARSE_|ARRAY_INCLUDES)/;

/**
 * A call whose arguments DuckDB would not find within a lambda, and a macro with more than one argument is one: columns of an outer query,
 * which are bound together, outside of it, with what else is no constant; and subqueries, for which there is a query around the call.
 * @param make the call of some arguments; it may be asked twice
 */
export function withOuterArguments(
  name: string,
  ctx: ExprContext,
  make: (bind: (operand: Typed) => Typed) => Typed,
): Typed {
  const operands: Typed[] = [];
  const plain = make((operand) => {
    operands.push(operand);
    return operand;
  });
  const mayHoldLambda = HOLDING_LAMBDAS.test(name) || LEAVING.test(name);
  if (mayHoldLambda && operands.some(holdsQuery) && !operands.some(({ aggregated }) => aggregated === true))
    return ofColumns(ctx, make);
  if (ctx.env.depth === 0 || !LEAVING.test(name)) return plain;
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

const holdsQuery = ({ sql }: Typed): boolean => /\bSELECT\b/.test(sql);

/** A call whose arguments, where they are no constants, are columns of a query around it. */
function ofColumns(ctx: ExprContext, make: (bind: (operand: Typed) => Typed) => Typed): Typed {
  const alias = ctx.env.freshAlias();
  const columns: string[] = [];
  const { part: _part, ...made } = make((operand) => {
    if (operand.literal !== undefined) return operand;
    const name = `x${columns.length}`;
    columns.push(`${operand.sql} AS ${name}`);
    return { ...operand, sql: `${alias}.${name}`, arithmetic: undefined };
  });
  const sql = `(SELECT ${made.sql} FROM (SELECT ${columns.join(", ")}) AS ${alias})`;
  return { ...made, sql, opaque: true, onlyAggregates: false, arithmetic: undefined };
}
