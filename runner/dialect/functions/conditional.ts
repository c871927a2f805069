import type { CallExpr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { COLLATED } from "../../port/sql-types.js";
import { bindOnce } from "../print/bind.js";
import { comparisonText } from "../types/equal-values.js";
import { derive, mayBeNan, type Typed } from "../types/typed.js";
import { spanOf } from "./arguments.js";
import { type CallContext, type Family, on, scalar, special } from "./definition.js";
import { requireEquality, requireOrder } from "./requirements.js";

const DOC = "conditional_expressions";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/conditional_expressions */
export const CONDITIONAL_FUNCTIONS: Family = {
  IF: scalar(`${DOC}#if`, on("(BOOL, T, T) -> T", "CASE WHEN $1 THEN $2 ELSE $3 END")),
  IFNULL: scalar(`${DOC}#ifnull`, on("(T, T) -> T", "coalesce($1, $2)")),
  COALESCE: scalar(`${DOC}#coalesce`, on("(T, T...) -> T", "coalesce($*)")),
  NULLIF: scalar(
    `${DOC}#nullif`,
    on("(T, T) -> T?", ([value, other], typed) => {
      const [a, b] = typed as [Typed, Typed];
      if (a.type === COLLATED) return `CASE WHEN ${comparisonText("=", a, b)} THEN NULL ELSE ${value} END`;
      requireEquality("NULLIF", a);
      // NaN equals nothing, and neither does a STRUCT with a NULL in it; DuckDB has them equal themselves.
      if (typeof a.type === "string" && !(mayBeNan(a) && mayBeNan(b))) return `nullif(${value}, ${other})`;
      return bindOnce([value as string, other as string], ([x, y]) => {
        const equal = comparisonText("=", { ...a, sql: x as string }, { ...b, sql: y as string });
        return `CASE WHEN ${equal} THEN NULL ELSE ${x} END`;
      });
    }),
  ),
  NULLIFZERO: scalar(
    `${DOC}#nullifzero`,
    on("(INT64) -> INT64?", "nullif($1, 0)"),
    on("(FLOAT64) -> FLOAT64?", "nullif($1, 0)"),
    on("(NUMERIC) -> NUMERIC?", "nullif($1, 0)"),
  ),
  ZEROIFNULL: scalar(
    `${DOC}#zeroifnull`,
    on("(INT64) -> INT64!", "coalesce($1, 0::BIGINT)"),
    on("(FLOAT64) -> FLOAT64!", "coalesce($1, 0e0)"),
    on("(NUMERIC) -> NUMERIC!", "coalesce($1, CAST(0 AS DECIMAL(38,9)))"),
  ),
  GREATEST: scalar(
    "mathematical_functions#greatest",
    on("(T, T...) -> T", (args, typed) => extreme("greatest", args, typed)),
  ),
  LEAST: scalar(
    "mathematical_functions#least",
    on("(T, T...) -> T", (args, typed) => extreme("least", args, typed)),
  ),
  ERROR: special("debugging_functions#error", failing, { ownSafe: true }),
};

/** DuckDB leaves NULLs out; GoogleSQL gives NULL if any argument is, and NaN if any is that. */
function extreme(name: string, args: readonly string[], typed: readonly Typed[]): string {
  for (const arg of typed) requireOrder(name.toUpperCase(), arg);
  const nullable = typed.map((arg) => arg.nullable);
  const nan = typed.map((arg) => name === "least" && mayBeNan(arg));
  if (!nullable.includes(true) && !nan.includes(true)) return `${name}(${args.join(", ")})`;
  return bindOnce(args, (names) => {
    const tests = (of: readonly boolean[], test: (arg: string) => string): string =>
      names
        .filter((_, i) => of[i])
        .map(test)
        .join(" OR ");
    const missing = nullable.includes(true) ? `WHEN ${tests(nullable, (arg) => `${arg} IS NULL`)} THEN NULL ` : "";
    const odd = nan.includes(true) ? `WHEN ${tests(nan, (arg) => `isnan(${arg})`)} THEN CAST('nan' AS DOUBLE) ` : "";
    return `CASE ${missing}${odd}ELSE ${name}(${names.join(", ")}) END`;
  });
}

/**
 * ERROR: of whatever type is wanted where it stands, INT64 where none is.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/debugging_functions#error
 */
function failing(call: CallExpr, context: CallContext): Typed {
  const [argument] = call.args;
  if (argument === undefined || call.args.length > 1)
    throw analysisError("No matching signature for function ERROR. Supported signature: ERROR(STRING)", call);
  const given = context.resolveAs(argument.value, "STRING");
  if (call.safe)
    return { ...derive("CAST(NULL AS BIGINT)", "INT64", spanOf(call), [], true), literal: { kind: "null" } };
  // Of NULL, DuckDB's error() makes NULL.
  const message = given.nullable ? `coalesce(${given.sql}, 'ERROR function called with NULL value')` : given.sql;
  const typed = derive(`CAST(error(${message}) AS BIGINT)`, "INT64", spanOf(call), [given], true);
  return { ...typed, literal: { kind: "error", message } };
}
