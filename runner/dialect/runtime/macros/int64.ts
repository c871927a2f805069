import { failure, type Macro, macro, NUMERIC } from "./macro.js";

const divisionByZero = (type: string) => failure(type, "concat('division by zero: ', a, ' / ', b)");

/** INT64 and BOOL, and what is of no type. */
export const INT64_MACROS: readonly Macro[] = [
  // NULL where `x` fails. DuckDB moves an expression that occurs twice in a projection out of TRY, where it fails after all; it does
  // not look into a lambda.
  macro("safe(x)", "list_transform([TRUE], lambda nothing: TRY(x))[1]"),
  macro(
    "int64_divide(a, b)",
    `CASE WHEN b = 0 THEN ${divisionByZero("DOUBLE")} ELSE CAST(a AS DOUBLE) / CAST(b AS DOUBLE) END`,
  ),
  macro("int64_div(a, b)", `CASE WHEN b = 0 THEN ${divisionByZero("BIGINT")} ELSE a // b END`),
  macro(
    "int64_mod(a, b)",
    `CASE WHEN b = 0 THEN ${divisionByZero("BIGINT")} WHEN b = -1 THEN CAST(0 AS BIGINT) + a * 0 ELSE a % b END`,
  ),
  macro("int64_to_numeric(x)", `CAST(x AS ${NUMERIC})`),
  macro("int64_to_bool(x)", "x <> 0"),
  macro("int64_to_string(x)", "CAST(x AS VARCHAR)"),
  // Numbers that a JSON reader with doubles would round are quoted.
  macro(
    "int64_to_json(x)",
    `CASE WHEN x IS NULL THEN 'null' WHEN x BETWEEN -9007199254740992 AND 9007199254740992 THEN CAST(x AS VARCHAR)
      ELSE concat('"', x, '"') END`,
  ),
  // Three-valued OR and AND of a list.
  macro("list_any(l)", "CASE WHEN list_contains(l, TRUE) THEN TRUE WHEN list_count(l) < len(l) THEN NULL WHEN l IS NOT NULL THEN FALSE END"),
  macro("list_all(l)", "CASE WHEN list_contains(l, FALSE) THEN FALSE WHEN list_count(l) < len(l) THEN NULL WHEN l IS NOT NULL THEN TRUE END"),
  macro("bool_to_int64(x)", "CAST(x AS BIGINT)"),
  macro("bool_to_string(x)", "CASE WHEN x THEN 'true' WHEN NOT x THEN 'false' END"),
  macro("bool_to_json(x)", "CASE WHEN x THEN 'true' WHEN NOT x THEN 'false' ELSE 'null' END"),
];
