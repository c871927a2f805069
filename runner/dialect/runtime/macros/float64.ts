import { failure, type Macro, macro, NUMERIC, roundsSafely } from "./macro.js";

/**
 * The shortest of 15 digits if they give the same value back, else 17. `printf` formats exactly; whole numbers below 1e15 take the
 * faster way through BIGINT. GoogleSQL prints negative zero as 0.
 */
function text(nan: string, infinity: string, minusInfinity: string): string {
  return `CASE
    WHEN x = 0 THEN '0'
    WHEN abs(x) < 1e15 AND x = trunc(x) THEN CAST(CAST(x AS BIGINT) AS VARCHAR)
    WHEN isnan(x) THEN ${nan}
    WHEN isinf(x) THEN CASE WHEN x > 0 THEN ${infinity} ELSE ${minusInfinity} END
    WHEN CAST(printf('%.15g', x) AS DOUBLE) = x THEN printf('%.15g', x)
    ELSE printf('%.17g', x) END`;
}

/** A number as GoogleSQL's messages write it, of six digits: `1`, `2.5`, `1e+300`. */
const brief = (number: string): string => `printf('%g', ${number})`;

const quotient = (message: string): string => `concat('${message}: ', ${brief("a")}, ' / ', ${brief("b")})`;

const notFinite = (name: string, message: string, result: string, ...inputs: string[]) =>
  `CASE WHEN isfinite(${result}) OR ${inputs.map((input) => `NOT isfinite(${input})`).join(" OR ")} THEN ${result}
    WHEN ${inputs.map((input) => `${input} IS NULL`).join(" OR ")} THEN NULL
    ELSE ${failure("DOUBLE", `concat('${message}: ${name}(', ${inputs.map(brief).join(", ', ', ")}, ')')`)} END`;

/** FLOAT64: text, casts, rounding, division. Sources: GoogleSQL's casts, numeric_value.cc (FromDouble), math.cc and math.h. */
export const FLOAT64_MACROS: readonly Macro[] = [
  macro("float64_to_string(x)", text("'nan'", "'inf'", "'-inf'")),
  macro("float64_to_json(x)", `coalesce(${text(`'"NaN"'`, `'"Infinity"'`, `'"-Infinity"'`)}, 'null')`),

  // DuckDB's own cast rounds halves to even, round() away from zero.
  macro("float64_to_int64(x)", "CAST(round(x) AS BIGINT)"),

  // GoogleSQL rounds the exact binary value half away from zero. printf rounds exact halves to even; they have ten decimals and end in
  // 5, so they are whole when multiplied by 2^10; their ten decimals are printed exactly and DuckDB's cast rounds them away from zero.
  // Most values need neither: the fraction, which doubles subtract exactly, times 10^9 is far enough from a half.
  macro("float64_nanos(x)", "(x - trunc(x)) * 1e9"),
  macro(
    "float64_to_numeric(x)",
    `CASE WHEN abs(x) < 9e8 AND ${roundsSafely("bq.float64_nanos(x)")}
        THEN CAST(CAST(CAST(trunc(x) AS BIGINT) * 1000000000 + CAST(round(bq.float64_nanos(x)) AS BIGINT) AS DECIMAL(18,0))
          * CAST(0.000000001 AS DECIMAL(10,9)) AS ${NUMERIC})
      WHEN NOT isfinite(x) THEN ${failure(NUMERIC, "concat('Illegal conversion of non-finite floating point number to numeric: ', bq.float64_to_string(x))")}
      WHEN abs(x) > 1e29 THEN ${failure(NUMERIC, "concat('numeric out of range: ', printf('%g', x))")}
      WHEN x * 1024 = trunc(x * 1024) THEN CAST(printf('%.10f', x) AS ${NUMERIC})
      ELSE CAST(printf('%.9f', x) AS ${NUMERIC}) END`,
  ),

  // NaN equals nothing and is neither less nor greater than anything.
  macro("float64_eq(a, b)", "a = b AND NOT isnan(a)"),
  macro("float64_ne(a, b)", "a <> b OR isnan(a)"),
  macro("float64_lt(a, b)", "a < b AND NOT isnan(b)"),
  macro("float64_le(a, b)", "a <= b AND NOT isnan(b)"),
  macro("float64_gt(a, b)", "a > b AND NOT isnan(a)"),
  macro("float64_ge(a, b)", "a >= b AND NOT isnan(a)"),

  // Between two neighbours, of which a NULL leaves the other.
  macro(
    "percentile_between(a, b, w)",
    "CASE WHEN w = 0 OR b IS NULL OR a = b THEN a WHEN a IS NULL THEN b ELSE a * (1 - w) + b * w END",
  ),

  macro("round_float64(x)", "round(x)"),
  // GoogleSQL computes round(x / 10^-d) * 10^-d in 80-bit floats with an inexact 10^-d. Up to three digits that is the exact decimal
  // value rounded half away from zero: no double lies close enough to a half or to the middle of two doubles for the 2^-63 to matter.
  // printf rounds the exact value too, but exact halves to even: x * 2^(d + 1) is whole for those, and round() is exact for them.
  macro(
    "round_float64(x, digits)",
    `CASE WHEN digits = 0 THEN round(x)
      WHEN digits BETWEEN 1 AND 3 THEN CASE
        WHEN NOT isfinite(x) OR abs(x) >= 4503599627370496 THEN x
        WHEN x * 16 = trunc(x * 16) THEN round(x * power(10, digits)) / power(10, digits)
        ELSE CAST(printf(concat('%.', digits, 'f'), x) AS DOUBLE) END
      ELSE bq_round_float64(x, digits) END`,
  ),
  macro("trunc_float64(x)", "trunc(x)"),
  macro("trunc_float64(x, digits)", "CASE WHEN digits = 0 THEN trunc(x) ELSE bq_trunc_float64(x, digits) END"),

  macro(
    "float64_divide(a, b)",
    `CASE WHEN b = 0 AND a IS NOT NULL THEN ${failure("DOUBLE", quotient("division by zero"))}
      WHEN isinf(a / b) AND isfinite(a) AND isfinite(b) THEN ${failure("DOUBLE", quotient("double overflow"))}
      ELSE a / b END`,
  ),
  macro(
    "safe_divide_float64(a, b)",
    "CASE WHEN b = 0 THEN NULL WHEN isinf(a / b) AND isfinite(a) AND isfinite(b) THEN NULL ELSE a / b END",
  ),
  // NULL where the result is not finite though what it is made of is.
  macro("finite_or_null(x, a, b)", "CASE WHEN isfinite(x) OR NOT isfinite(a) OR NOT isfinite(b) THEN x END"),
  macro("safe_add_float64(a, b)", "bq.finite_or_null(a + b, a, b)"),
  macro("safe_subtract_float64(a, b)", "bq.finite_or_null(a - b, a, b)"),
  macro("safe_multiply_float64(a, b)", "bq.finite_or_null(a * b, a, b)"),
  macro(
    "ieee_divide(a, b)",
    `CASE WHEN b <> 0 OR b IS NULL THEN a / b WHEN a = 0 OR isnan(a) THEN CAST('nan' AS DOUBLE)
      WHEN (a > 0) = (CAST(b AS VARCHAR) = '0.0') THEN CAST('inf' AS DOUBLE) WHEN a IS NULL THEN NULL ELSE CAST('-inf' AS DOUBLE) END`,
  ),
  // From 1e61 on printf prints wrong digits with few decimals and right ones with twenty (recorded); there all decimals are zeros.
  macro(
    "format_fixed_float64(x, digits)",
    `CASE WHEN x = 0 THEN printf(concat('%.', digits, 'f'), CAST(0 AS DOUBLE))
      WHEN abs(x) >= 9007199254740992 AND isfinite(x)
        THEN concat(split_part(printf('%.20f', x), '.', 1), CASE WHEN digits > 0 THEN concat('.', repeat('0', digits)) ELSE '' END)
      ELSE printf(concat('%.', digits, 'f'), x) END`,
  ),

  macro(
    "float64_sqrt(x)",
    `CASE WHEN x < 0 THEN ${failure("DOUBLE", "concat('Argument to SQRT cannot be negative: ', x)")} ELSE sqrt(x) END`,
  ),
  macro(
    "float64_ln(x)",
    `CASE WHEN x > 0 THEN ln(x) WHEN x IS NULL THEN NULL WHEN isnan(x) OR isinf(x) THEN CAST('nan' AS DOUBLE)
      ELSE ${failure("DOUBLE", "concat('Floating point error in function: LN(', x, ')')")} END`,
  ),
  macro(
    "float64_log10(x)",
    `CASE WHEN x > 0 THEN log10(x) WHEN x IS NULL THEN NULL WHEN isnan(x) OR isinf(x) THEN CAST('nan' AS DOUBLE)
      ELSE ${failure("DOUBLE", "concat('Floating point error in function: LOG10(', x, ')')")} END`,
  ),
  macro(
    "float64_log(x, y)",
    `CASE WHEN x IS NULL OR y IS NULL THEN NULL
      WHEN x > 0 AND y > 0 AND y <> 1 AND isfinite(y) THEN ln(x) / ln(y)
      WHEN NOT isfinite(y) OR isnan(x) OR x < 0 AND isinf(x) OR y <= 0 AND isinf(x) THEN CAST('nan' AS DOUBLE)
      WHEN isinf(x) THEN CAST('inf' AS DOUBLE)
      ELSE ${failure("DOUBLE", "concat('Floating point error in function: LOG(', x, ', ', y, ')')")} END`,
  ),
  macro("float64_exp(x)", notFinite("EXP", "Floating point error in function", "exp(x)", "x")),
  macro("float64_pow(x, y)", notFinite("POW", "Floating point error in function", "power(x, y)", "x", "y")),
];
