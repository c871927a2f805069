import { analysisError } from "../../googlesql/errors.js";
import { typeName } from "../../port/sql-types.js";
import { bindOnce, isPlain } from "../print/bind.js";
import { isOrderable } from "../types/equality.js";
import { isNullLiteral, type Typed } from "../types/typed.js";
import { arrayFilter, arrayIncludes, arrayTransform } from "./array-lambda.js";
import { generateTimestampArray } from "./date.js";
import { type Family, on, scalar, special } from "./definition.js";
import { requireGrouping } from "./requirements.js";

const DOC = "array_functions";

/** DuckDB's list concatenation takes NULL for an empty list; GoogleSQL gives NULL. */
export function joinLists(args: readonly string[], typed: readonly Typed[]): string {
  const join = (lists: readonly string[]): string => lists.reduce((left, right) => `list_concat(${left}, ${right})`);
  if (!typed.some((arg) => arg.nullable)) return join(args);
  return bindOnce(args, (names) => {
    const missing = names.filter((_, i) => typed[i]?.nullable).map((name) => `${name} IS NULL`);
    return `CASE WHEN ${missing.join(" OR ")} THEN NULL ELSE ${join(names)} END`;
  });
}

/** DuckDB joins by a literal separator only. */
function join(list: string, separator: string, typed: Typed | undefined): string {
  return typed?.literal === undefined ? `bq_join(${list}, ${separator}, '')` : `array_to_string(${list}, ${separator})`;
}

/** ARRAY_MIN and ARRAY_MAX: a NaN, DuckDB's greatest FLOAT64, is GoogleSQL's minimum. */
function extremeElement(which: "min" | "max", list: string, typed: Typed | undefined): string {
  const element = typeof typed?.type === "object" && typed.type.kind === "array" ? typed.type.element : undefined;
  if (element !== undefined && !isOrderable(element))
    throw analysisError(
      `ARRAY_${which.toUpperCase()} is not defined for arrays of ${typeName(element)}`,
      typed?.span ?? { start: 0, end: 0 },
    );
  if (which === "max" || element !== "FLOAT64") return `list_${which}(${list})`;
  return bindOnce([list], ([l]) => `CASE WHEN isnan(list_max(${l})) THEN list_max(${l}) ELSE list_min(${l}) END`);
}

/** GENERATE_ARRAY of INT64. Between small literals there is nothing to check. */
function generateIntegers([from = "", to = "", step = "1"]: readonly string[], typed: readonly Typed[]): string {
  const isSmall = ({ literal }: Typed): boolean =>
    literal?.kind === "integer" && literal.value > -1_000_000n && literal.value < 1_000_000n;
  const steps = typed[2]?.literal;
  if (typed.every(isSmall) && !(steps?.kind === "integer" && steps.value === 0n))
    return `generate_series(${from}, ${to}, ${step})`;
  const isCheap = [from, to, step].every((arg) => isPlain(arg) || INTEGER.test(arg));
  return `bq.generate_int64_array${isCheap ? "_plain" : ""}(${from}, ${to}, ${step})`;
}

const INTEGER = /^\d+(?:::BIGINT)?$/;

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/array_functions */
export const ARRAY_FUNCTIONS: Family = {
  ARRAY_LENGTH: scalar(`${DOC}#array_length`, on("(ARRAY<T>) -> INT64", "CAST(len($1) AS BIGINT)")),
  ARRAY_REVERSE: scalar(`${DOC}#array_reverse`, on("(ARRAY<T>) -> ARRAY<T>", "list_reverse($1)")),
  ARRAY_CONCAT: scalar(
    `${DOC}#array_concat`,
    on("(ARRAY<T>, ARRAY<T>...) -> ARRAY<T>", (args, typed) => {
      const missing = typed.find(isNullLiteral);
      if (missing !== undefined)
        throw analysisError(
          "The argument to ARRAY_CONCAT (or ARRAY_CONCAT_AGG) must be an array type but was NULL",
          missing.span,
        );
      return joinLists(args, typed);
    }),
  ),
  ARRAY_TO_STRING: scalar(
    `${DOC}#array_to_string`,
    on("(ARRAY<STRING>, STRING) -> STRING", ([list, separator], typed) =>
      join(`list_filter(${list}, lambda e: e IS NOT NULL)`, separator as string, typed[1]),
    ),
    on("(ARRAY<STRING>, STRING, STRING) -> STRING", ([list, separator, missing], typed) =>
      typed[2]?.literal === undefined
        ? `bq_join(${list}, ${separator}, ${missing})`
        : join(`list_transform(${list}, lambda e: coalesce(e, ${missing}))`, separator as string, typed[1]),
    ),
    on(
      "(ARRAY<BYTES>, BYTES) -> BYTES",
      "bq_latin1_bytes(bq_join(list_transform(list_filter($1, lambda e: e IS NOT NULL), lambda e: bq_latin1_text(e)), bq_latin1_text($2), ''))",
    ),
  ),
  GENERATE_ARRAY: scalar(
    `${DOC}#generate_array`,
    on("(INT64, INT64, [INT64]) -> ARRAY<INT64>", generateIntegers),
    on("(NUMERIC, NUMERIC) -> ARRAY<NUMERIC>", "bq.generate_numeric_array($1, $2, CAST(1 AS DECIMAL(38,9)))"),
    on("(NUMERIC, NUMERIC, NUMERIC) -> ARRAY<NUMERIC>", "bq.generate_numeric_array($1, $2, $3)"),
    on("(BIGNUMERIC, BIGNUMERIC) -> ARRAY<BIGNUMERIC>", "bq.generate_bignumeric_array($1, $2, bq_bignumeric('1'))"),
    on("(BIGNUMERIC, BIGNUMERIC, BIGNUMERIC) -> ARRAY<BIGNUMERIC>", "bq.generate_bignumeric_array($1, $2, $3)"),
    on("(FLOAT64, FLOAT64) -> ARRAY<FLOAT64>", "bq.generate_float_array($1, $2, 1e0)"),
    on("(FLOAT64, FLOAT64, FLOAT64) -> ARRAY<FLOAT64>", "bq.generate_float_array($1, $2, $3)"),
  ),
  GENERATE_TIMESTAMP_ARRAY: special(`${DOC}#generate_timestamp_array`, generateTimestampArray),
  ARRAY_SLICE: scalar(`${DOC}#array_slice`, on("(ARRAY<T>, INT64, INT64) -> ARRAY<T>", "bq.array_slice($1, $2, $3)")),
  ARRAY_MIN: scalar(
    `${DOC}#array_min`,
    on("(ARRAY<T>) -> T?", ([list], [typed]) => extremeElement("min", list as string, typed)),
  ),
  ARRAY_MAX: scalar(
    `${DOC}#array_max`,
    on("(ARRAY<T>) -> T?", ([list], [typed]) => extremeElement("max", list as string, typed)),
  ),
  ARRAY_SUM: scalar(
    `${DOC}#array_sum`,
    on("(ARRAY<INT64>) -> INT64?", "CAST(list_sum($1) AS BIGINT)"),
    on("(ARRAY<FLOAT64>) -> FLOAT64?", "list_sum($1)"),
    on("(ARRAY<NUMERIC>) -> NUMERIC?", "bq.numeric_in_range(list_sum($1))"),
  ),
  ARRAY_AVG: scalar(
    `${DOC}#array_avg`,
    on("(ARRAY<INT64>) -> FLOAT64?", "list_avg($1)"),
    on("(ARRAY<FLOAT64>) -> FLOAT64?", "list_avg($1)"),
    on(
      "(ARRAY<NUMERIC>) -> NUMERIC?",
      "bq.numeric_div(list_sum($1), CAST(nullif(list_count($1), 0) AS DECIMAL(38,9)))",
    ),
  ),
  ARRAY_IS_DISTINCT: scalar(
    `${DOC}#array_is_distinct`,
    on("(ARRAY<T>) -> BOOL", ([list], [typed]) => {
      requireGrouping("ARRAY_IS_DISTINCT", typed);
      return `bq.array_is_distinct(${list})`;
    }),
  ),
  ARRAY_INCLUDES: special(`${DOC}#array_includes`, arrayIncludes),
  ARRAY_INCLUDES_ANY: scalar(`${DOC}#array_includes_any`, on("(ARRAY<T>, ARRAY<T>) -> BOOL", "list_has_any($1, $2)")),
  ARRAY_INCLUDES_ALL: scalar(`${DOC}#array_includes_all`, on("(ARRAY<T>, ARRAY<T>) -> BOOL", "list_has_all($1, $2)")),
  ARRAY_FILTER: special(`${DOC}#array_filter`, arrayFilter),
  ARRAY_TRANSFORM: special(`${DOC}#array_transform`, arrayTransform),
  ARRAY_FIRST_N: scalar(`${DOC}#array_first_n`, on("(ARRAY<T>, INT64) -> ARRAY<T>", "bq.array_first_n($1, $2)")),
  ARRAY_LAST_N: scalar(`${DOC}#array_last_n`, on("(ARRAY<T>, INT64) -> ARRAY<T>", "bq.array_last_n($1, $2)")),
  ARRAY_FIRST: scalar(
    `${DOC}#array_first`,
    on(
      "(ARRAY<T>) -> T?",
      "$1[CASE WHEN len($1) = 0 THEN CAST('ARRAY_FIRST cannot get the first element of an empty array' AS BIGINT) ELSE 1 END]",
    ),
  ),
  ARRAY_LAST: scalar(
    `${DOC}#array_last`,
    on(
      "(ARRAY<T>) -> T?",
      "$1[CASE WHEN len($1) = 0 THEN CAST('ARRAY_LAST cannot get the last element of an empty array' AS BIGINT) ELSE len($1) END]",
    ),
  ),
};
