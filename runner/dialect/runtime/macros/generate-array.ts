import { failure, type Macro, macro, NUMERIC, unbound } from "./macro.js";

/** More fit hardly any memory, and DuckDB ends at 2^32 with words about its lists. */
const MOST_ELEMENTS = 100_000_000;

const missing = "a IS NULL OR b IS NULL OR s IS NULL";
const list = (type: string, message: string): string => `[${failure(type, `'${message}'`)}]`;
const noStep = (type: string): string => list(type, "Sequence step cannot be 0.");
const tooMany = (type: string, name = "GENERATE_ARRAY"): string => list(type, `${name} produced too many elements`);
const isEmpty = "CASE WHEN s > 0 THEN a > b ELSE a < b END";

const integers = `CASE WHEN ${missing} THEN NULL WHEN s = 0 THEN ${noStep("BIGINT")}
  WHEN (CAST(b AS DOUBLE) - CAST(a AS DOUBLE)) / s >= ${MOST_ELEMENTS} THEN ${tooMany("BIGINT")}
  ELSE generate_series(a, b, s) END`;

/**
 * GENERATE_ARRAY and GENERATE_TIMESTAMP_ARRAY from `a` to `b` by `s`. The number of steps is exact where the type is, so that the last
 * element is there. Source: GoogleSQL's generate_array.h.
 */
export const GENERATE_ARRAY_MACROS: readonly Macro[] = [
  macro("generate_int64_array(a, b, s)", integers),
  // Of columns and literals, which cost nothing to name twice.
  unbound("generate_int64_array_plain(a, b, s)", integers),
  // The way less its remainder is a multiple of the step, of which the quotient in doubles is off by less than a half.
  macro(
    "generate_numeric_array(a, b, s)",
    `CASE WHEN ${missing} THEN NULL WHEN s = 0 THEN ${noStep(NUMERIC)} WHEN ${isEmpty} THEN CAST([] AS ${NUMERIC}[])
      ELSE bq.numeric_steps(a, s, round(CAST((b - a) - (b - a) % s AS DOUBLE) / CAST(s AS DOUBLE))) END`,
  ),
  macro(
    "numeric_steps(a, s, n)",
    `CASE WHEN n >= ${MOST_ELEMENTS} THEN ${tooMany(NUMERIC)}
      ELSE list_transform(generate_series(0, CAST(n AS BIGINT)), lambda i: CAST(a + i * s AS ${NUMERIC})) END`,
  ),
  macro(
    "generate_bignumeric_array(a, b, s)",
    `list_transform(generate_series(0, bq_bignumeric_steps(a, b, s, ${MOST_ELEMENTS}::BIGINT)), lambda i: bq_bignumeric_step(a, s, i))`,
  ),
  macro(
    "generate_float_array(a, b, s)",
    `CASE WHEN ${missing} THEN NULL WHEN s = 0 THEN ${noStep("DOUBLE")}
      WHEN isnan(a) OR isnan(b) OR isnan(s) THEN ${list("DOUBLE", "Sequence start, end, and step cannot be NaN.")}
      WHEN isinf(s) THEN ${list("DOUBLE", "Sequence step cannot be +/-inf.")}
      WHEN ${isEmpty} THEN CAST([] AS DOUBLE[]) WHEN a = b THEN [a]
      WHEN (b - a) / s >= ${MOST_ELEMENTS} THEN ${tooMany("DOUBLE")}
      ELSE list_filter(list_transform(generate_series(0, CAST(floor((b - a) / s) AS BIGINT) + 1), lambda i: a + i * s),
        lambda made: CASE WHEN s > 0 THEN made <= b ELSE made >= b END) END`,
  ),
  macro(
    "generate_timestamp_array(a, b, s)",
    `CASE WHEN ${missing} THEN NULL WHEN s = 0 THEN ${noStep("TIMESTAMPTZ")}
      WHEN (epoch_us(b) - epoch_us(a)) // s >= ${MOST_ELEMENTS} THEN ${tooMany("TIMESTAMPTZ", "GENERATE_TIMESTAMP_ARRAY")}
      ELSE list_transform(generate_series(epoch_us(a), epoch_us(b), s), lambda i: make_timestamptz(i)) END`,
  ),
];
