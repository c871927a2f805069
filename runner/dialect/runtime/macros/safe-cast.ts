import { CLOCK_PATTERN, clockInRange, clockMicros, clockOf, DATE_PATTERN, quick, stripped } from "./from-string.js";
import { type Macro, macro, NUMERIC } from "./macro.js";

const DECIMAL_PATTERN = "(?i)[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?";
/** What says UTC after a date and time. */
const UTC_PATTERN = "[zZ]|[+-]00(:?00)?| UTC";

/** Plain digits need neither stripping nor more patterns, and what is no number in any form is none without them, too. */
const TO_INT64 = `CASE WHEN regexp_full_match(s, '[+-]?[0-9]+') THEN TRY_CAST(s AS BIGINT)
  WHEN regexp_full_match(s, '[ \\t-\\r]*[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)[ \\t-\\r]*') THEN bq.try_text_to_int64(${stripped}) END`;

/** What DuckDB reads as a number is one here, too, where it begins as one and has neither underscores nor a NaN's payload. */
const TO_FLOAT64 = `CASE WHEN TRY_CAST(s AS DOUBLE) IS NOT NULL AND (s >= '-' AND s < '.' OR s >= '0' AND s < ':')
    AND NOT contains(s, '_') AND NOT contains(s, '(') THEN TRY_CAST(s AS DOUBLE)
  WHEN regexp_full_match(s, '(?i)[ \\t-\\r]*[+-]?([0-9.]+(e[+-]?[0-9]+)?|nan|inf|infinity|0x[0-9a-f]+)[ \\t-\\r]*')
    THEN bq.try_text_to_float64(${stripped}) END`;

/**
 * SAFE_CAST(text AS type): the casts of `from-string.ts` with NULL where they fail. Nothing in them raises an error, because DuckDB's TRY
 * evaluates a vector row by row as soon as one of its rows fails, some thousand times slower.
 */
export const SAFE_CAST_MACROS: readonly Macro[] = [
  macro(
    "try_text_to_int64(t)",
    `CASE WHEN regexp_full_match(t, '[+-]?[0-9]+') THEN TRY_CAST(t AS BIGINT)
      WHEN regexp_full_match(t, '0[xX][0-9a-fA-F]+') THEN TRY_CAST(TRY_CAST(concat('0x', substr(t, 3)) AS UBIGINT) AS BIGINT)
      WHEN regexp_full_match(t, '[+-]0[xX][0-9a-fA-F]+')
        THEN TRY_CAST(CASE left(t, 1) WHEN '-' THEN -1 ELSE 1 END * CAST(TRY_CAST(concat('0x', substr(t, 4)) AS UBIGINT) AS HUGEINT) AS BIGINT)
      ELSE NULL END`,
  ),
  ...quick("try_string_to_int64", TO_INT64),
  macro(
    "try_text_to_float64(t)",
    `CASE WHEN regexp_full_match(t, '${DECIMAL_PATTERN}') THEN TRY_CAST(t AS DOUBLE)
      WHEN regexp_full_match(t, '(?i)[+-]?(nan|inf|infinity)') THEN TRY_CAST(t AS DOUBLE)
      WHEN regexp_full_match(t, '[+-]?0[xX][0-9a-fA-F]+') THEN CAST(bq.try_text_to_int64(t) AS DOUBLE) ELSE NULL END`,
  ),
  ...quick("try_string_to_float64", TO_FLOAT64),
  macro(
    "try_string_to_numeric(s)",
    `CASE WHEN regexp_full_match(${stripped}, '${DECIMAL_PATTERN}') THEN TRY_CAST(${stripped} AS ${NUMERIC}) ELSE NULL END`,
  ),
  macro("try_string_to_bool(s)", "CASE lower(s) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE NULL END"),
  macro(
    "try_string_to_date(s)",
    `CASE WHEN regexp_full_match(s, '${DATE_PATTERN}') AND left(s, 4) <> '0000' THEN TRY_CAST(s AS DATE) ELSE NULL END`,
  ),
  ...quick("try_string_to_time", "coalesce(bq.plain_time(s), bq.try_text_to_time(s))"),
  macro(
    "try_text_to_time(s)",
    `CASE WHEN regexp_full_match(s, '${CLOCK_PATTERN}') AND ${clockInRange("s")}
      THEN CAST(make_timestamp(${clockMicros("s")} % 86400000000) AS TIME) ELSE NULL END`,
  ),
  macro("datetime_or_null(dt)", "CASE WHEN dt < TIMESTAMP '10000-01-01' THEN dt ELSE NULL END"),
  ...quick("try_string_to_datetime", "coalesce(bq.plain_datetime(s), bq.try_text_to_datetime(s))"),
  macro(
    "try_text_to_datetime(s)",
    `CASE WHEN regexp_full_match(s, '${DATE_PATTERN}') THEN CAST(bq.try_string_to_date(s) AS TIMESTAMP)
      WHEN regexp_full_match(s, '${DATE_PATTERN}[ tT]${CLOCK_PATTERN}') AND ${clockInRange(clockOf)}
        THEN bq.datetime_or_null(make_timestamp(epoch_us(bq.try_string_to_date(regexp_extract(s, '${DATE_PATTERN}'))) + ${clockMicros(clockOf)}))
      ELSE NULL END`,
  ),
  ...quick("try_string_to_timestamp", "coalesce(bq.plain_timestamp(s), bq.try_text_to_timestamp(s))"),
  macro(
    "try_text_to_timestamp(s)",
    `CASE WHEN regexp_full_match(s, '${DATE_PATTERN}([ tT]${CLOCK_PATTERN}(${UTC_PATTERN})?)?')
        THEN make_timestamptz(epoch_us(bq.try_string_to_datetime(regexp_extract(s, '^${DATE_PATTERN}([ tT]${CLOCK_PATTERN})?'))))
      WHEN regexp_full_match(s, '${DATE_PATTERN}[ tT](${CLOCK_PATTERN}[ +-]|[+-]).*') THEN TRY(bq.string_to_timestamp_exact(s, 'UTC')) ELSE NULL END`,
  ),
  macro("try_float64_to_int64(x)", "TRY_CAST(round(x) AS BIGINT)"),
  macro("try_numeric_to_int64(x)", "TRY_CAST(round(x, 0) AS BIGINT)"),
];
