import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { type RangeType, rangeElement, type SqlType, typeName } from "../../port/sql-types.js";
import { commonType } from "../types/coercion.js";
import { derive, isNullLiteral, type Typed } from "../types/typed.js";
import { spanOf, splitArguments, wrongArguments } from "./arguments.js";
import { type CallContext, type Family, on, type ScalarOverload, scalar, special } from "./definition.js";

const DOC = "range-functions";
const ELEMENTS = ["DATE", "DATETIME", "TIMESTAMP"] as const;

/** The same function of ranges of every element: `$e` stands for it. */
function each(signature: string, template: string): readonly ScalarOverload[] {
  return ELEMENTS.map((element) =>
    on(signature.replaceAll("$e", element), template.replaceAll("$e", element.toLowerCase())),
  );
}

/** `RANGE(start, end)`: a NULL is an unbounded end. */
function rangeOf(call: CallExpr, context: CallContext): Typed {
  const { positional } = splitArguments(call, 2, 2);
  const ends = positional.map((end) => context.resolve(end));
  const type = ends.every(isNullLiteral) ? undefined : commonType(ends);
  const element = ELEMENTS.find((name) => name === type);
  if (element === undefined) throw wrongArguments(call, ends, "RANGE(T, T) for a DATE, DATETIME or TIMESTAMP");
  const [start, end] = positional.map((arg) => context.resolveAs(arg, element)) as [Typed, Typed];
  const sql = `bq.range_of_${element.toLowerCase()}(${start.sql}, ${end.sql})`;
  return derive(sql, `RANGE<${element}>` as RangeType, spanOf(call), [start, end], false);
}

/** `GENERATE_RANGE_ARRAY(range, step[, include_last_partial_range])`. */
function generateRangeArray(call: CallExpr, context: CallContext): Typed {
  const [rangeArg, stepArg, lastArg] = splitArguments(call, 2, 3).positional as [Expr, Expr, Expr | undefined];
  const range = context.resolve(rangeArg);
  const element = rangeElement(range.type);
  if (element === undefined)
    throw analysisError(`GENERATE_RANGE_ARRAY needs a RANGE, not ${typeName(range.type)}`, range.span);
  const step = context.resolveAs(stepArg, "INTERVAL");
  const last = lastArg === undefined ? undefined : context.resolveAs(lastArg, "BOOL");
  const whole = last === undefined ? "false" : `NOT ${last.sql}`;
  const sql = `bq.generate_range_${element.toLowerCase()}_array(${range.sql}, ${step.sql}, ${whole})`;
  const type: SqlType = { kind: "array", element: range.type };
  return derive(sql, type, spanOf(call), last === undefined ? [range, step] : [range, step, last]);
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/range-functions */
export const RANGE_FUNCTIONS: Family = {
  RANGE: special(`${DOC}#range`, rangeOf),
  RANGE_START: scalar(`${DOC}#range_start`, ...each("(RANGE<$e>) -> $e?", "bq.range_start($1)")),
  RANGE_END: scalar(`${DOC}#range_end`, ...each("(RANGE<$e>) -> $e?", "bq.range_end($1)")),
  RANGE_CONTAINS: scalar(
    `${DOC}#range_contains`,
    ...each("(RANGE<$e>, RANGE<$e>) -> BOOL", "bq.range_covers($1, $2)"),
    ...each("(RANGE<$e>, $e) -> BOOL", "bq.range_holds($1, $2)"),
  ),
  RANGE_OVERLAPS: scalar(
    `${DOC}#range_overlaps`,
    ...each("(RANGE<$e>, RANGE<$e>) -> BOOL", "bq.range_overlaps($1, $2)"),
  ),
  RANGE_INTERSECT: scalar(
    `${DOC}#range_intersect`,
    ...each("(RANGE<$e>, RANGE<$e>) -> RANGE<$e>", "bq.range_$e_intersect($1, $2)"),
  ),
  GENERATE_RANGE_ARRAY: special(`${DOC}#generate_range_array`, generateRangeArray),
};
