import { analysisError } from "../../googlesql/errors.js";
import { isPlain } from "../print/bind.js";
import type { Typed } from "../types/typed.js";
import { type Family, type FunctionDefinition, on, type ScalarOverload, scalar } from "./definition.js";
import { safely } from "./safe.js";

const DOC = "mathematical_functions";
const float = (name: string, anchor: string, sql: string) => ({
  [name]: scalar(`${DOC}#${anchor}`, on("(FLOAT64) -> FLOAT64", sql)),
});

/** The same function of NUMERIC and of BIGNUMERIC, which give their own type. */
function decimal(name: string, count: 1 | 2): ScalarOverload[] {
  const call = (args: readonly string[], scale: number): string =>
    `bq_decimal_math('${name}', ${args[0]}, ${args[1] ?? "'0'"}, ${scale}::BIGINT)`;
  const types = (type: string): string => `(${Array(count).fill(type).join(", ")}) -> ${type}`;
  return [
    on(
      types("NUMERIC"),
      (args) =>
        `CAST(${call(
          args.map((arg) => `CAST(${arg} AS VARCHAR)`),
          9,
        )} AS DECIMAL(38,9))`,
    ),
    on(
      types("BIGNUMERIC"),
      (args) =>
        `bq_bignumeric(${call(
          args.map((arg) => `bq_bignumeric_text(${arg})`),
          38,
        )})`,
    ),
  ];
}

const MODES = ["ROUND_HALF_AWAY_FROM_ZERO", "ROUND_HALF_EVEN"];

/** The arguments of ROUND with a mode, which is a literal. */
function withMode(args: readonly string[], typed: readonly Typed[]): string {
  const mode = typed[2] as Typed;
  const name = mode.literal?.kind === "string" ? mode.literal.text.toUpperCase() : undefined;
  if (name === undefined || !MODES.includes(name))
    throw analysisError(`The rounding mode of ROUND must be a literal: ${MODES.join(" or ")}`, mode.span);
  return args.join(", ");
}

const big = (how: string) => on("(BIGNUMERIC) -> BIGNUMERIC", `bq_bignumeric_change($1, '${how}')`);
const bigRounded = (mode: string) => [
  on("(BIGNUMERIC) -> BIGNUMERIC", `bq_bignumeric_round($1, 0::BIGINT, '${mode}')`),
  on("(BIGNUMERIC, INT64) -> BIGNUMERIC", `bq_bignumeric_round($1, $2, '${mode}')`),
];
const bigOf = (operator: string) =>
  on("(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC", `bq_bignumeric_op($1, '${operator}', $2)`);
const bigSafely = (operator: string) =>
  on("(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC?", (_, typed) =>
    safely(typed, ([a, b]) => `bq_bignumeric_op(${a}, '${operator}', ${b})`),
  );

/** A distance between vectors, plain or sparse: elements that are not zero, with their places. */
function distance(name: string): FunctionDefinition {
  const sparse = (place: "INT64" | "STRING"): ScalarOverload => {
    const vector = `ARRAY<STRUCT<place ${place}, value FLOAT64>>`;
    return on(`(${vector}, ${vector}) -> FLOAT64`, (vectors) => {
      const parts = vectors.flatMap((list) => [
        `list_transform(${list}, lambda e$: CAST((e$)."place" AS VARCHAR))`,
        `list_transform(${list}, lambda e$: (e$)."value")`,
      ]);
      const halves = ["[:len(v) // 2]", "[len(v) // 2 + 1:]"].map((half) => `v${half}`);
      return `list_transform([bq_plain_vectors(${parts.join(", ")})], lambda v: bq.${name}(${halves.join(", ")}))[1]`;
    });
  };
  return scalar(
    `${DOC}#${name}`,
    on(
      "(ARRAY<FLOAT64>, ARRAY<FLOAT64>) -> FLOAT64",
      (vectors) => `bq.${name}${vectors.every(isPlain) ? "_plain" : ""}(${vectors.join(", ")})`,
    ),
    sparse("INT64"),
    sparse("STRING"),
  );
}

/** DIV and MOD of INT64. By a literal that can neither be by zero nor leave the range they are DuckDB's own. */
function wholeDivision(operator: "//" | "%", guarded: string): ScalarOverload {
  return on("(INT64, INT64) -> INT64", ([a, b], typed) => {
    const literal = typed[1]?.literal;
    const isSafe = literal?.kind === "integer" && literal.value !== 0n && literal.value !== -1n;
    return isSafe ? `(${a} ${operator} ${b})` : `${guarded}(${a}, ${b})`;
  });
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/mathematical_functions */
export const NUMERIC_FUNCTIONS: Family = {
  ABS: scalar(
    `${DOC}#abs`,
    on("(INT64) -> INT64", "abs($1)"),
    on("(FLOAT64) -> FLOAT64", "abs($1)"),
    on("(NUMERIC) -> NUMERIC", "abs($1)"),
    big("ABS"),
  ),
  SIGN: scalar(
    `${DOC}#sign`,
    on("(INT64) -> INT64", "CAST(sign($1) AS BIGINT)"),
    on("(FLOAT64) -> FLOAT64", "CASE WHEN isnan($1) THEN $1 ELSE CAST(sign($1) AS DOUBLE) END"),
    on("(NUMERIC) -> NUMERIC", "CAST(sign($1) AS DECIMAL(38,9))"),
    big("SIGN"),
  ),
  ROUND: scalar(
    `${DOC}#round`,
    on("(FLOAT64) -> FLOAT64", "bq.round_float64($1)"),
    on("(NUMERIC) -> NUMERIC", "bq.numeric_round($1)"),
    on("(FLOAT64, INT64) -> FLOAT64", "bq.round_float64($1, $2)"),
    on("(NUMERIC, INT64) -> NUMERIC", ([x, n], typed) =>
      typed[1]?.literal === undefined
        ? `bq.numeric_round(${x}, ${n}, 'ROUND_HALF_AWAY_FROM_ZERO')`
        : `bq.numeric_round(${x}, ${n})`,
    ),
    on("(NUMERIC, INT64, STRING) -> NUMERIC", (args, typed) => `bq.numeric_round(${withMode(args, typed)})`),
    ...bigRounded("ROUND_HALF_AWAY_FROM_ZERO"),
    on("(BIGNUMERIC, INT64, STRING) -> BIGNUMERIC", (args, typed) => `bq_bignumeric_round(${withMode(args, typed)})`),
  ),
  TRUNC: scalar(
    `${DOC}#trunc`,
    on("(FLOAT64) -> FLOAT64", "bq.trunc_float64($1)"),
    on("(NUMERIC) -> NUMERIC", "bq.numeric_trunc($1)"),
    on("(FLOAT64, INT64) -> FLOAT64", "bq.trunc_float64($1, $2)"),
    on("(NUMERIC, INT64) -> NUMERIC", ([x, n], typed) =>
      typed[1]?.literal === undefined ? `bq.numeric_round(${x}, ${n}, 'TRUNC')` : `bq.numeric_trunc(${x}, ${n})`,
    ),
    ...bigRounded("TRUNC"),
  ),
  CEIL: scalar(
    `${DOC}#ceil`,
    on("(FLOAT64) -> FLOAT64", "ceil($1)"),
    on("(NUMERIC) -> NUMERIC", "bq.numeric_ceil($1)"),
    big("CEIL"),
  ),
  CEILING: scalar(
    `${DOC}#ceiling`,
    on("(FLOAT64) -> FLOAT64", "ceil($1)"),
    on("(NUMERIC) -> NUMERIC", "bq.numeric_ceil($1)"),
    big("CEIL"),
  ),
  FLOOR: scalar(
    `${DOC}#floor`,
    on("(FLOAT64) -> FLOAT64", "floor($1)"),
    on("(NUMERIC) -> NUMERIC", "bq.numeric_floor($1)"),
    big("FLOOR"),
  ),
  DIV: scalar(
    `${DOC}#div`,
    wholeDivision("//", "bq.int64_div"),
    on("(NUMERIC, NUMERIC) -> NUMERIC", "bq.numeric_int_div($1, $2)"),
    bigOf("DIV"),
  ),
  MOD: scalar(
    `${DOC}#mod`,
    wholeDivision("%", "bq.int64_mod"),
    on("(NUMERIC, NUMERIC) -> NUMERIC", "bq.numeric_mod($1, $2)"),
    bigOf("MOD"),
  ),
  SAFE_DIVIDE: scalar(
    `${DOC}#safe_divide`,
    on("(FLOAT64, FLOAT64) -> FLOAT64?", "bq.safe_divide_float64($1, $2)"),
    on("(NUMERIC, NUMERIC) -> NUMERIC?", (_, typed) => safely(typed, ([a, b]) => `bq.numeric_div(${a}, ${b})`)),
    bigSafely("/"),
  ),
  SAFE_ADD: scalar(
    `${DOC}#safe_add`,
    on("(INT64, INT64) -> INT64?", (_, typed) => safely(typed, ([a, b]) => `${a} + ${b}`)),
    on("(FLOAT64, FLOAT64) -> FLOAT64?", "bq.safe_add_float64($1, $2)"),
    on("(NUMERIC, NUMERIC) -> NUMERIC?", (_, typed) => safely(typed, ([a, b]) => `${a} + ${b}`)),
    bigSafely("+"),
  ),
  SAFE_SUBTRACT: scalar(
    `${DOC}#safe_subtract`,
    on("(INT64, INT64) -> INT64?", (_, typed) => safely(typed, ([a, b]) => `${a} - ${b}`)),
    on("(FLOAT64, FLOAT64) -> FLOAT64?", "bq.safe_subtract_float64($1, $2)"),
    on("(NUMERIC, NUMERIC) -> NUMERIC?", (_, typed) => safely(typed, ([a, b]) => `${a} - ${b}`)),
    bigSafely("-"),
  ),
  SAFE_MULTIPLY: scalar(
    `${DOC}#safe_multiply`,
    on("(INT64, INT64) -> INT64?", (_, typed) => safely(typed, ([a, b]) => `${a} * ${b}`)),
    on("(FLOAT64, FLOAT64) -> FLOAT64?", "bq.safe_multiply_float64($1, $2)"),
    on("(NUMERIC, NUMERIC) -> NUMERIC?", (_, typed) => safely(typed, ([a, b]) => `bq.numeric_mul(${a}, ${b})`)),
    bigSafely("*"),
  ),
  SAFE_NEGATE: scalar(
    `${DOC}#safe_negate`,
    on("(INT64) -> INT64?", (_, typed) => safely(typed, ([x]) => `-(${x})`)),
    on("(FLOAT64) -> FLOAT64", "(-($1))"),
    on("(NUMERIC) -> NUMERIC", "(-($1))"),
    on("(BIGNUMERIC) -> BIGNUMERIC?", (_, typed) => safely(typed, ([x]) => `bq_bignumeric_change(${x}, '-')`)),
  ),
  IEEE_DIVIDE: scalar(`${DOC}#ieee_divide`, on("(FLOAT64, FLOAT64) -> FLOAT64", "bq.ieee_divide($1, $2)")),
  IS_NAN: scalar(`${DOC}#is_nan`, on("(FLOAT64) -> BOOL", "isnan($1)")),
  IS_INF: scalar(`${DOC}#is_inf`, on("(FLOAT64) -> BOOL", "isinf($1)")),
  SQRT: scalar(`${DOC}#sqrt`, on("(FLOAT64) -> FLOAT64", "bq.float64_sqrt($1)"), ...decimal("SQRT", 1)),
  LN: scalar(`${DOC}#ln`, on("(FLOAT64) -> FLOAT64", "bq.float64_ln($1)"), ...decimal("LN", 1)),
  LOG10: scalar(`${DOC}#log10`, on("(FLOAT64) -> FLOAT64", "bq.float64_log10($1)"), ...decimal("LOG10", 1)),
  EXP: scalar(`${DOC}#exp`, on("(FLOAT64) -> FLOAT64", "bq.float64_exp($1)"), ...decimal("EXP", 1)),
  LOG: scalar(
    `${DOC}#log`,
    on("(FLOAT64) -> FLOAT64", "bq.float64_ln($1)"),
    on("(FLOAT64, FLOAT64) -> FLOAT64", "bq.float64_log($1, $2)"),
    ...decimal("LN", 1),
    ...decimal("LOG", 2),
  ),
  POW: scalar(`${DOC}#pow`, on("(FLOAT64, FLOAT64) -> FLOAT64", "bq.float64_pow($1, $2)"), ...decimal("POW", 2)),
  POWER: scalar(`${DOC}#power`, on("(FLOAT64, FLOAT64) -> FLOAT64", "bq.float64_pow($1, $2)"), ...decimal("POW", 2)),
  ...float("SIN", "sin", "bq.float64_sin($1)"),
  ...float("COS", "cos", "bq.float64_cos($1)"),
  ...float("TAN", "tan", "bq.float64_tan($1)"),
  ...float("ASIN", "asin", "bq.float64_asin($1)"),
  ...float("ACOS", "acos", "bq.float64_acos($1)"),
  ...float("ATAN", "atan", "atan($1)"),
  ATAN2: scalar(`${DOC}#atan2`, on("(FLOAT64, FLOAT64) -> FLOAT64", "atan2($1, $2)")),
  ...float("SINH", "sinh", "bq.float64_sinh($1)"),
  ...float("COSH", "cosh", "bq.float64_cosh($1)"),
  ...float("TANH", "tanh", "tanh($1)"),
  ...float("ASINH", "asinh", "asinh($1)"),
  ...float("ACOSH", "acosh", "bq.float64_acosh($1)"),
  ...float("ATANH", "atanh", "bq.float64_atanh($1)"),
  ...float("CBRT", "cbrt", "bq.float64_cbrt($1)"),
  ...float("SEC", "sec", "(1 / bq.float64_cos($1))"),
  ...float("SECH", "sech", "(1 / cosh($1))"),
  ...float("CSC", "csc", "bq.float64_csc($1)"),
  ...float("CSCH", "csch", "bq.float64_csch($1)"),
  ...float("COT", "cot", "bq.float64_cot($1)"),
  ...float("COTH", "coth", "bq.float64_coth($1)"),
  PI: scalar(`${DOC}#pi`, on("() -> FLOAT64!", "pi()")),
  PARSE_NUMERIC: scalar(
    "conversion_functions#parse_numeric",
    on("(STRING) -> NUMERIC", "bq.string_to_numeric(bq_parse_numeric($1, 'NUMERIC'))"),
  ),
  PARSE_BIGNUMERIC: scalar(
    "conversion_functions#parse_bignumeric",
    on("(STRING) -> BIGNUMERIC", "bq_bignumeric(bq_parse_numeric($1, 'BIGNUMERIC'))"),
  ),
  RANGE_BUCKET: scalar(
    `${DOC}#range_bucket`,
    on("(T, ARRAY<T>) -> INT64?", (args, typed) =>
      typed[0]?.type === "FLOAT64"
        ? `bq.range_bucket_float64(${args.join(", ")})`
        : `bq.range_bucket(${args.join(", ")})`,
    ),
  ),
  EUCLIDEAN_DISTANCE: distance("euclidean_distance"),
  COSINE_DISTANCE: distance("cosine_distance"),
  BIT_COUNT: scalar(
    "bit_functions#bit_count",
    on("(INT64) -> INT64", "CAST(bit_count($1) AS BIGINT)"),
    on("(BYTES) -> INT64", "bq_bytes_bit_count($1)"),
  ),
};
