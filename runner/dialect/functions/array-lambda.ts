import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import type { SqlType } from "../../port/sql-types.js";
import { coerce, commonType } from "../types/coercion.js";
import { equalText } from "../types/equal-values.js";
import { supportsEquality } from "../types/equality.js";
import { derive, type Typed } from "../types/typed.js";
import { spanOf, splitArguments, wrongArguments } from "./arguments.js";
import type { CallContext } from "./definition.js";

interface Mapped {
  readonly array: Typed;
  readonly body: Typed;
  /** DuckDB's lambda before its arrow's right side: `lambda x, i:`. */
  readonly head: string;
}

/** `f(array, e -> expr)` or `f(array, (e, i) -> expr)`: the position counts from 0. */
function mapped(call: CallExpr, context: CallContext, positions: boolean): Mapped {
  const { positional } = splitArguments(call, 2, 2);
  const array = context.resolve(positional[0] as Expr);
  const lambda = positional[1] as Expr;
  if (typeof array.type === "string" || array.type.kind !== "array") throw wrongArguments(call, [array]);
  if (lambda.kind !== "lambda" || lambda.parameters.length > (positions ? 2 : 1) || lambda.parameters.length === 0)
    throw analysisError(`Argument 2 of ${call.name} must be a lambda`, lambda);
  const names = lambda.parameters.map((_, i) => `x${lambda.start}_${i}`);
  const [value, index] = names as [string, string | undefined];
  const body = context.resolveLambda(lambda, [
    { sql: value, type: array.type.element },
    { sql: `(${index} - 1)`, type: "INT64" },
  ]);
  return { array, body, head: `lambda ${names.join(", ")}:` };
}

export function arrayTransform(call: CallExpr, context: CallContext): Typed {
  const { array, body, head } = mapped(call, context, true);
  const type: SqlType = { kind: "array", element: body.type };
  return derive(`list_transform(${array.sql}, ${head} ${body.sql})`, type, spanOf(call), [array, body]);
}

export function arrayFilter(call: CallExpr, context: CallContext): Typed {
  const { array, body, head } = mapped(call, context, true);
  if (body.type !== "BOOL") throw analysisError("The lambda of ARRAY_FILTER should return type BOOL", body.span);
  return derive(`list_filter(${array.sql}, ${head} ${body.sql})`, array.type, spanOf(call), [array, body]);
}

/** `ARRAY_INCLUDES(array, value)` or with a condition. */
export function arrayIncludes(call: CallExpr, context: CallContext): Typed {
  const [, second] = splitArguments(call, 2, 2).positional as [Expr, Expr];
  if (second.kind === "lambda") {
    const { array, body, head } = mapped(call, context, false);
    if (body.type !== "BOOL") throw analysisError("The lambda of ARRAY_INCLUDES should return type BOOL", body.span);
    const tests = `list_transform(${array.sql}, ${head} coalesce(${body.sql}, false))`;
    return derive(`list_contains(${tests}, true)`, "BOOL", spanOf(call), [array, body]);
  }
  const array = context.resolve(call.args[0]?.value as Expr);
  const value = context.resolve(second);
  if (array.literal?.kind === "null") return coerce(array, "BOOL");
  if (typeof array.type === "string" || array.type.kind !== "array") throw wrongArguments(call, [array, value]);
  const item: Typed = { ...array, type: array.type.element, literal: undefined };
  const type = commonType([item, value]);
  if (type === undefined || !supportsEquality(type)) throw wrongArguments(call, [array, value]);
  const list = coerce(array, { kind: "array", element: type });
  const wanted = coerce(value, type);
  const tests = `list_transform(${list.sql}, lambda member: coalesce(${equalText("member", wanted.sql, type)}, false))`;
  const sql = `CASE WHEN ${wanted.sql} IS NOT NULL THEN list_contains(${tests}, true) END`;
  return derive(sql, "BOOL", spanOf(call), [list, wanted]);
}
