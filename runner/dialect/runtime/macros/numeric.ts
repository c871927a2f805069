import { failure, fromNanos, innerMacro, type Macro, macro, NUMERIC, roundsSafely, unbound } from "./macro.js";

/** The whole part as HUGEINT. */
const wide = (x: string) => `CAST(trunc(${x}) AS HUGEINT)`;
/** The fractional part times 10^9 as HUGEINT, with the sign of the value. */
const nanos = (x: string) => `CAST(CAST(${x} % 1 AS DECIMAL(10,9)) * CAST(1000000000 AS DECIMAL(10,0)) AS HUGEINT)`;

/** The value times 10^9 as HUGEINT: both parts are scaled apart, as the value times 10^9 would not fit a DECIMAL. */
const unscaled = (x: string) => `(${wide(x)} * 1000000000 + ${nanos(x)})`;

/** A HUGEINT divided by 10^9 as NUMERIC. */
const scaled = (n: string) =>
  `(CAST(CAST(${n} // 1000000000 AS DECIMAL(38,0)) AS ${NUMERIC})
    + CAST(CAST(${n} % 1000000000 AS DECIMAL(10,0)) * CAST(0.000000001 AS DECIMAL(10,9)) AS ${NUMERIC}))`;

/** Quotient of two HUGEINT rounded half away from zero: `//` leaves the fraction out. */
const roundedQuotient = (n: string, d: string) =>
  `((${n} + CASE WHEN ${n} < 0 THEN -(abs(${d}) // 2) ELSE abs(${d}) // 2 END) // ${d})`;

const floored = (n: string, d: string) => `(${n} // ${d} - CASE WHEN ${n} % ${d} < 0 THEN 1 ELSE 0 END)`;

const sumOverflow = failure(NUMERIC, "'numeric overflow: SUM'");

const divisionByZero = failure(
  NUMERIC,
  "concat('division by zero: ', bq.numeric_to_string(a), ' / ', bq.numeric_to_string(b))",
);

const inDoubles = "(CAST(a AS DOUBLE) * CAST(b AS DOUBLE))";
const product = (p: string) =>
  `CASE WHEN abs(${p}) < 1e5 AND abs(${p} * 1e9 - round(${p} * 1e9)) < 0.38 THEN CAST(${p} AS ${NUMERIC}) END`;

/** NUMERIC as DECIMAL(38,9). Source: GoogleSQL's numeric_value.cc. A value that leaves the range is a DuckDB error. */
export const NUMERIC_MACROS: readonly Macro[] = [
  macro("numeric_unscaled(x)", unscaled("x")),
  macro("numeric_scaled(n)", scaled("n")),
  macro("huge_rounded_quotient(n, d)", `CAST(${roundedQuotient("n", "d")} AS HUGEINT)`),
  // Long division in one step: the remainder times 10^9 fits a HUGEINT for divisors up to 1.7e20; beyond, DuckDB reports an overflow.
  macro("huge_divide_nanos(n, d)", "n // d * 1000000000 + bq.huge_rounded_quotient(n % d * 1000000000, d)"),
  macro(
    "numeric_div_exact(a, b)",
    "bq.numeric_scaled(bq.huge_divide_nanos(bq.numeric_unscaled(a), bq.numeric_unscaled(b)))",
  ),
  // The quotient in doubles is off by a few units of 2^-53: where that cannot change how it rounds it is the answer, and ten times faster.
  innerMacro(
    "numeric_div_estimated(a, b, q)",
    `CASE WHEN ${roundsSafely("q")} THEN ${fromNanos("q")} ELSE bq.numeric_div_exact(a, b) END`,
  ),
  macro(
    "numeric_div(a, b)",
    `CASE WHEN b = 0 AND a IS NOT NULL THEN ${divisionByZero}
      ELSE bq.numeric_div_estimated(a, b, CAST(a AS DOUBLE) / CAST(b AS DOUBLE) * 1e9) END`,
  ),
  macro("safe_divide_numeric(a, b)", "CASE WHEN b = 0 THEN NULL ELSE bq.safe(bq.numeric_div(a, b)) END"),
  // Sums that may need more than 38 digits: whole parts and nanos are added apart.
  macro("numeric_whole_sum(list)", `CAST(list_sum(list_transform(list, lambda x: ${wide("x")})) AS HUGEINT)`),
  macro("numeric_nanos_sum(list)", `CAST(list_sum(list_transform(list, lambda x: ${nanos("x")})) AS HUGEINT)`),
  macro(
    "numeric_of_units(n)",
    `CASE WHEN abs(n) >= 100000000000000000000000000000000000000 THEN ${sumOverflow} ELSE ${scaled("n")} END`,
  ),
  innerMacro(
    "numeric_of_parts(whole, fraction)",
    `CASE WHEN abs(whole) > 160000000000000000000000000000 THEN ${sumOverflow}
      ELSE bq.numeric_of_units(whole * 1000000000 + fraction) END`,
  ),
  macro("numeric_wide_sum(list)", "bq.numeric_of_parts(bq.numeric_whole_sum(list), bq.numeric_nanos_sum(list))"),
  // The fraction brought to 0 .. 10^9 - 1, so that the sign of the whole part is that of the sum.
  macro(
    "numeric_wide_average(list, n)",
    `bq.numeric_mean(bq.numeric_whole_sum(list), bq.numeric_nanos_sum(list), CAST(n AS HUGEINT))`,
  ),
  innerMacro(
    "numeric_mean(whole, fraction, n)",
    `bq.numeric_mean_of(whole + ${floored("fraction", "1000000000")}, fraction - ${floored("fraction", "1000000000")} * 1000000000, n)`,
  ),
  macro(
    "numeric_mean_of(whole, fraction, n)",
    `bq.numeric_of_units(whole // n * 1000000000 + CASE WHEN whole < 0
      THEN -bq.floor_quotient(n // 2 - (whole % n * 1000000000 + fraction), n)
      ELSE bq.floor_quotient(whole % n * 1000000000 + fraction + n // 2, n) END)`,
  ),
  macro("floor_quotient(n, d)", floored("n", "d")),
  macro(
    "numeric_int_div(a, b)",
    `CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN b = 0 THEN ${divisionByZero}
      ELSE CAST(CAST(bq.numeric_unscaled(a) // bq.numeric_unscaled(b) AS DECIMAL(38,0)) AS ${NUMERIC}) END`,
  ),
  macro(
    "numeric_mod(a, b)",
    `CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN b = 0 THEN ${divisionByZero} ELSE CAST(a % b AS ${NUMERIC}) END`,
  ),
  // DuckDB's product has 18 decimals and so no more than 20 digits before the point; beyond, the halves are multiplied apart.
  macro(
    "numeric_mul_exact(a, b)",
    `CASE WHEN abs(CAST(a AS DOUBLE) * CAST(b AS DOUBLE)) < 1e19 THEN CAST(a * b AS ${NUMERIC})
      ELSE bq.numeric_scaled(${wide("a")} * ${wide("b")} * 1000000000 + ${wide("a")} * ${nanos("b")} + ${nanos("a")} * ${wide("b")}
        + bq.huge_rounded_quotient(${nanos("a")} * ${nanos("b")}, CAST(1000000000 AS HUGEINT))) END`,
  ),
  // Units of 10^-9 of a value below 10^9, else NULL. Below 10^6 the value as a double is off by less than half a unit; from there on its
  // fraction is taken apart.
  macro(
    "numeric_units(x)",
    `CASE WHEN x BETWEEN -1000000 AND 1000000 THEN CAST(round(CAST(x AS DOUBLE) * 1e9) AS BIGINT)
      WHEN x BETWEEN -999999999 AND 999999999
        THEN CAST(trunc(x) AS BIGINT) * 1000000000 + CAST(round(CAST(x - trunc(x) AS DOUBLE) * 1e9) AS BIGINT) END`,
  ),
  // The product from units, all in 64 bits, where DuckDB's takes a division of 128 bits; NULL where it does not fit.
  macro(
    "numeric_mul_units(u, v)",
    `CASE WHEN abs(CAST(u AS DOUBLE) * CAST(v AS DOUBLE)) < 9e26
      THEN CAST(CAST(u * (v // 1000000000) + (u // 1000000000) * (v % 1000000000) + ((u % 1000000000) * (v % 1000000000)
        + CASE WHEN (u < 0) = (v < 0) THEN 500000000 ELSE -500000000 END) // 1000000000 AS DECIMAL(18,0))
        * CAST(0.000000001 AS DECIMAL(10,9)) AS ${NUMERIC}) END`,
  ),
  // A product in doubles is off by 8 units of 2^-53 at most: below 10^5 that is a tenth of 10^-9, and where it lies that near to a
  // multiple of 10^-9 it rounds as the exact one does. NULL elsewhere.
  macro("numeric_product(p)", product("p")),
  macro(
    "numeric_mul_beyond(a, b)",
    "coalesce(bq.numeric_mul_units(bq.numeric_units(a), bq.numeric_units(b)), bq.numeric_mul_exact(a, b))",
  ),
  macro("numeric_mul(a, b)", `coalesce(bq.numeric_product(${inDoubles}), bq.numeric_mul_beyond(a, b))`),
  // Of columns and literals, which cost nothing to name twice.
  unbound("numeric_mul_plain(a, b)", `coalesce(${product(inDoubles)}, bq.numeric_mul_beyond(a, b))`),

  macro(
    "bignumeric_to_json(s)",
    `CASE WHEN s IS NULL THEN 'null' WHEN regexp_full_match(s, '-?[0-9]{1,16}') AND abs(CAST(s AS BIGINT)) <= 9007199254740992 THEN s ELSE concat('"', s, '"') END`,
  ),
  macro(
    "bignumeric_limited(x, p, s)",
    `CASE WHEN bq_bignumeric_change(bq_bignumeric_round(x, s, 'ROUND_HALF_AWAY_FROM_ZERO'), 'ABS') >= bq_bignumeric(concat('1e', p - s))
      THEN unhex(${failure("BIGINT", "concat('Value does not fit BIGNUMERIC(', p, ', ', s, ')')")} || '') ELSE bq_bignumeric_round(x, s, 'ROUND_HALF_AWAY_FROM_ZERO') END`,
  ),
  macro("numeric_round(x)", `CAST(round(x, 0) AS ${NUMERIC})`),
  macro("numeric_round(x, digits)", `CAST(round(x, CAST(digits AS INTEGER)) AS ${NUMERIC})`),
  // DuckDB wants constant digits: any others, and the modes of rounding, go through JavaScript.
  macro("numeric_round(x, n, m)", `CAST(bq_round_decimal(CAST(x AS VARCHAR), n, m, 9) AS ${NUMERIC})`),
  macro("numeric_trunc(x)", `CAST(trunc(x) AS ${NUMERIC})`),
  macro("numeric_trunc(x, digits)", `CAST(trunc(x, CAST(digits AS INTEGER)) AS ${NUMERIC})`),
  macro("numeric_ceil(x)", `CAST(ceil(x) AS ${NUMERIC})`),
  macro("numeric_floor(x)", `CAST(floor(x) AS ${NUMERIC})`),

  macro("numeric_to_string(x)", "rtrim(rtrim(CAST(x AS VARCHAR), '0'), '.')"),
  macro("numeric_to_int64(x)", "CAST(round(x, 0) AS BIGINT)"),
  // Up to 2^53 units DuckDB's cast is one division of exact doubles; beyond it rounds twice, and the way is through text.
  macro(
    "numeric_to_float64(x)",
    "CASE WHEN x BETWEEN -9000000 AND 9000000 THEN CAST(x AS DOUBLE) ELSE CAST(CAST(x AS VARCHAR) AS DOUBLE) END",
  ),
  macro(
    "numeric_to_json(x)",
    `CASE WHEN x IS NULL THEN 'null' WHEN x % 1 = 0 AND abs(x) <= 9007199254740992 THEN bq.numeric_to_string(x)
      ELSE concat('"', bq.numeric_to_string(x), '"') END`,
  ),
  // The sign of a value that rounds to zero is kept.
  macro(
    "format_fixed_numeric(x, digits)",
    `concat(CASE WHEN x < 0 AND round(x, CAST(digits AS INTEGER)) = 0 THEN '-' ELSE '' END,
      CAST(round(x, CAST(digits AS INTEGER)) AS VARCHAR) || repeat('0', greatest(CAST(digits AS BIGINT) - 9, 0)))`,
  ),
];
