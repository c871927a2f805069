import { failure, innerMacro, type Macro, macro } from "./macro.js";

const divisionByZero = (type: string) => failure(type, "concat('division by zero: ', a, ' / ', b)");

const badBound = (what: string, place: string): string =>
  failure("BIGINT", `concat('Elements in input array to RANGE_BUCKET ${what} found at position ', ${place})`);

/** INT64 and BOOL, and what is of no type. */
export const INT64_MACROS: readonly Macro[] = [
  // NULL where `x` fails. DuckDB moves an expression that occurs twice in a projection out of TRY, where it fails after all; it does
  // not look into a lambda.
  macro("safe(x)", "list_transform([TRUE], lambda nothing: TRY(x))[1]"),
  macro(
    "int64_divide(a, b)",
    `CASE WHEN b = 0 AND a IS NOT NULL THEN ${divisionByZero("DOUBLE")} ELSE CAST(a AS DOUBLE) / CAST(b AS DOUBLE) END`,
  ),
  macro(
    "int64_div(a, b)",
    `CASE WHEN b = 0 AND a IS NOT NULL THEN ${divisionByZero("BIGINT")} WHEN b <> 0 THEN a // b END`,
  ),
  macro(
    "int64_mod(a, b)",
    `CASE WHEN b = 0 AND a IS NOT NULL THEN ${divisionByZero("BIGINT")} WHEN b = -1 THEN CAST(0 AS BIGINT) + a * 0 WHEN b <> 0 THEN a % b END`,
  ),
  macro("int64_to_bool(x)", "x <> 0"),
  macro("int64_to_string(x)", "CAST(x AS VARCHAR)"),
  // Numbers that a JSON reader with doubles would round are quoted.
  macro(
    "int64_to_json(x)",
    `CASE WHEN x IS NULL THEN 'null' WHEN x BETWEEN -9007199254740992 AND 9007199254740992 THEN CAST(x AS VARCHAR)
      ELSE concat('"', x, '"') END`,
  ),
  macro(
    "array_slice(l, a, b)",
    "bq.array_between(l, CASE WHEN a < 0 THEN a + len(l) ELSE a END, CASE WHEN b < 0 THEN b + len(l) ELSE b END)",
  ),
  innerMacro(
    "array_between(l, a, b)",
    "CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE list_slice(l, greatest(a, 0) + 1, CASE WHEN b < 0 THEN 0 ELSE b + 1 END) END",
  ),
  macro(
    "array_first_n(l, n)",
    `CASE WHEN l IS NULL OR n IS NULL THEN NULL WHEN n < 0 THEN [l[${failure("BIGINT", "'The n argument to ARRAY_FIRST_N must not be negative.'")}]] ELSE list_slice(l, 1, n) END`,
  ),
  macro(
    "array_last_n(l, n)",
    `CASE WHEN l IS NULL OR n IS NULL THEN NULL WHEN n < 0 THEN [l[${failure("BIGINT", "'The n argument to ARRAY_LAST_N must not be negative.'")}]] ELSE list_slice(l, greatest(len(l) - n, 0) + 1, len(l)) END`,
  ),
  macro("array_is_distinct(l)", "len(list_distinct(l)) = list_count(l) AND len(l) - list_count(l) <= 1"),
  // Three-valued OR and AND of a list.
  macro(
    "list_any(l)",
    "CASE WHEN list_contains(l, TRUE) THEN TRUE WHEN list_count(l) < len(l) THEN NULL WHEN l IS NOT NULL THEN FALSE END",
  ),
  macro(
    "list_all(l)",
    "CASE WHEN list_contains(l, FALSE) THEN FALSE WHEN list_count(l) < len(l) THEN NULL WHEN l IS NOT NULL THEN TRUE END",
  ),
  // How many bounds are not above the value; the bounds must ascend.
  macro(
    "range_bucket(x, l)",
    `CASE WHEN x IS NULL OR l IS NULL THEN NULL
      WHEN list_count(l) < len(l) THEN ${badBound("cannot be null. Null element", "list_position(list_transform(l, lambda e: e IS NULL), TRUE)")}
      WHEN list_sort(l) <> l THEN ${failure(
        "BIGINT",
        "concat('Elements in input array to RANGE_BUCKET must be in ascending order. Nonconforming elements found at position ', bq.first_descent(l), ' and ', bq.first_descent(l) + 1)",
      )}
      ELSE len(list_filter(l, lambda b: b <= x)) END`,
  ),
  macro(
    "range_bucket_float64(x, l)",
    `CASE WHEN isnan(x) THEN NULL
      WHEN list_contains(l, CAST('nan' AS DOUBLE)) THEN ${badBound("cannot be NaN. NaN element", "list_position(l, CAST('nan' AS DOUBLE))")}
      ELSE bq.range_bucket(x, l) END`,
  ),
  // The place of the first element that is above the next one.
  macro(
    "first_descent(l)",
    "list_position(list_transform(generate_series(1, len(l) - 1), lambda i: l[i + 1] < l[i]), TRUE)",
  ),
  macro("bool_to_int64(x)", "CAST(x AS BIGINT)"),
  macro("bool_to_string(x)", "CASE WHEN x THEN 'true' WHEN NOT x THEN 'false' END"),
  macro("bool_to_json(x)", "CASE WHEN x THEN 'true' WHEN NOT x THEN 'false' ELSE 'null' END"),
];
