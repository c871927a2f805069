import { failure, innerMacro, type Macro, macro } from "./macro.js";

const MAX_MONTHS = 120_000;
const MAX_DAYS = 3_660_000;
const MAX_MICROS = 316_224_000_000_000_000n;

/** The three parts of an INTERVAL. */
const months = (i: string) => `(datepart('year', ${i}) * 12 + datepart('month', ${i}))`;
const days = (i: string) => `datepart('day', ${i})`;
const micros = (i: string) =>
  `(datepart('hour', ${i}) * 3600000000 + datepart('minute', ${i}) * 60000000 + datepart('microsecond', ${i}))`;

/** INTERVAL as DuckDB's own: months, days and microseconds. Source: GoogleSQL's interval_value.cc. */
export const INTERVAL_MACROS: readonly Macro[] = [
  macro(
    "interval_of(m, d, u)",
    `CASE WHEN abs(m) <= ${MAX_MONTHS} AND abs(d) <= ${MAX_DAYS} AND abs(u) <= ${MAX_MICROS}
      THEN to_months(CAST(m AS INTEGER)) + to_days(CAST(d AS INTEGER)) + to_microseconds(CAST(u AS BIGINT))
      WHEN m IS NULL OR d IS NULL OR u IS NULL THEN NULL
      ELSE CAST(${failure("BIGINT", "'Interval value is out of range'")} || '' AS INTERVAL) END`,
  ),
  macro("interval_months(i)", months("i")),
  macro("interval_days(i)", days("i")),
  macro("interval_micros(i)", micros("i")),
  macro("interval_to_string(i)", "bq_interval_text(bq.interval_months(i), bq.interval_days(i), bq.interval_micros(i))"),
  macro(
    "interval_to_json(i)",
    "coalesce('\"' || bq_interval_iso(bq.interval_months(i), bq.interval_days(i), bq.interval_micros(i)) || '\"', 'null')",
  ),
  macro(
    "interval_add(a, b)",
    "bq.interval_of(bq.interval_months(a) + bq.interval_months(b), bq.interval_days(a) + bq.interval_days(b), bq.interval_micros(a) + bq.interval_micros(b))",
  ),
  macro(
    "interval_subtract(a, b)",
    "bq.interval_of(bq.interval_months(a) - bq.interval_months(b), bq.interval_days(a) - bq.interval_days(b), bq.interval_micros(a) - bq.interval_micros(b))",
  ),
  macro(
    "interval_multiply(i, n)",
    "bq.interval_of(bq.interval_months(i) * n, bq.interval_days(i) * n, bq.interval_micros(i) * n)",
  ),
  // Months that are left over become days, days that are left over become microseconds.
  macro(
    "interval_divide(i, n)",
    `CASE WHEN n = 0 THEN CAST(${failure("BIGINT", "'Interval division by zero'")} || '' AS INTERVAL) ELSE
      bq.interval_of(bq.interval_months(i) // n,
        (bq.interval_months(i) % n * 30 + bq.interval_days(i)) // n,
        ((bq.interval_months(i) % n * 30 + bq.interval_days(i)) % n * CAST(86400000000 AS HUGEINT) + bq.interval_micros(i)) // n) END`,
  ),
  macro("interval_negate(i)", "bq.interval_of(-bq.interval_months(i), -bq.interval_days(i), -bq.interval_micros(i))"),
  macro("interval_from_text(l)", "bq.interval_of(l[1], l[2], l[3])"),
  macro("interval_extract_year(i)", "bq.interval_months(i) // 12"),
  macro("interval_extract_month(i)", "bq.interval_months(i) % 12"),
  macro("interval_extract_day(i)", "bq.interval_days(i)"),
  macro("interval_extract_hour(i)", "bq.interval_micros(i) // 3600000000"),
  macro("interval_extract_minute(i)", "bq.interval_micros(i) // 60000000 % 60"),
  macro("interval_extract_second(i)", "bq.interval_micros(i) // 1000000 % 60"),
  macro("interval_extract_millisecond(i)", "bq.interval_micros(i) // 1000 % 1000"),
  macro("interval_extract_microsecond(i)", "bq.interval_micros(i) % 1000000"),
  macro(
    "interval_justify_hours(i)",
    "bq.interval_from_text(bq_interval_justified(bq.interval_months(i), bq.interval_days(i), bq.interval_micros(i), 'hours'))",
  ),
  macro(
    "interval_justify_days(i)",
    "bq.interval_from_text(bq_interval_justified(bq.interval_months(i), bq.interval_days(i), bq.interval_micros(i), 'days'))",
  ),
  macro(
    "interval_justify(i)",
    "bq.interval_from_text(bq_interval_justified(bq.interval_months(i), bq.interval_days(i), bq.interval_micros(i), 'both'))",
  ),
  // Buckets of a fixed width count microseconds from the origin, buckets of months count months from it.
  macro("bucket_micros(x, w, o)", "o + (x - o - ((x - o) % w + w) % w) // w * w"),
  // What is wrong with a bucket width of so many months, days and microseconds; NULL: nothing.
  macro(
    "bucket_problem(m, d, u)",
    `CASE WHEN m = 0 AND d = 0 AND u = 0 THEN 'Zero bucket width INTERVAL is not allowed'
      WHEN CAST(m <> 0 AS INTEGER) + CAST(d <> 0 AS INTEGER) + CAST(u <> 0 AS INTEGER) > 1
        THEN 'Exactly one non-zero INTERVAL part in bucket width is required'
      WHEN m < 0 OR d < 0 OR u < 0 THEN 'Negative bucket width INTERVAL is not allowed' END`,
  ),
  macro(
    "bucket_width_problem(i)",
    "bq.bucket_problem(bq.interval_months(i), bq.interval_days(i), bq.interval_micros(i))",
  ),
  macro(
    "bucket_months(x, m, o)",
    "bq.bucket_from(x, o, m, bq.floor_divide((year(x) - year(o)) * 12 + month(x) - month(o), m) * m)",
  ),
  macro("floor_divide(a, b)", "(a - (a % b + b) % b) // b"),
  innerMacro(
    "bucket_from(x, o, m, n)",
    "CASE WHEN bq.datetime_add_month(o, n) > x THEN bq.datetime_add_month(o, n - m) ELSE bq.datetime_add_month(o, n) END",
  ),
  macro("datetime_bucket(dt, i)", "bq.datetime_bucket(dt, i, TIMESTAMP '1950-01-01')"),
  macro(
    "datetime_bucket(dt, i, o)",
    `CASE WHEN bq.bucket_width_problem(i) IS NOT NULL THEN ${failure("TIMESTAMP", "bq.bucket_width_problem(i)")}
      WHEN bq.interval_months(i) <> 0 THEN bq.bucket_months(dt, bq.interval_months(i), o)
      ELSE make_timestamp(bq.bucket_micros(epoch_us(dt), bq.interval_days(i) * 86400000000 + bq.interval_micros(i), epoch_us(o))) END`,
  ),
  macro("date_bucket(d, i)", "bq.date_bucket(d, i, DATE '1950-01-01')"),
  macro(
    "date_bucket(d, i, o)",
    `CASE WHEN bq.interval_micros(i) <> 0 THEN ${failure("DATE", "'Only MONTH and DAY parts are allowed in bucket width INTERVAL'")}
      ELSE CAST(bq.datetime_bucket(CAST(d AS TIMESTAMP), i, CAST(o AS TIMESTAMP)) AS DATE) END`,
  ),
  macro("timestamp_bucket(ts, i)", "bq.timestamp_bucket(ts, i, TIMESTAMPTZ '1950-01-01 00:00:00+00')"),
  macro(
    "timestamp_bucket(ts, i, o)",
    `CASE WHEN bq.interval_months(i) <> 0 THEN ${failure("TIMESTAMPTZ", "'Bucket width INTERVAL with non-zero MONTH part is not allowed'")}
      WHEN bq.interval_days(i) <> 0 AND bq.interval_micros(i) <> 0
        THEN ${failure("TIMESTAMPTZ", "'Bucket width INTERVAL with mixed DAY and MICROSECOND parts is not allowed'")}
      WHEN bq.bucket_width_problem(i) IS NOT NULL THEN ${failure("TIMESTAMPTZ", "bq.bucket_width_problem(i)")}
      ELSE make_timestamptz(bq.bucket_micros(epoch_us(ts), bq.interval_days(i) * 86400000000 + bq.interval_micros(i), epoch_us(o))) END`,
  ),
  macro(
    "datetime_add_interval(dt, i)",
    `bq.datetime_checked(make_timestamp(epoch_us(bq.datetime_add_month(dt, bq.interval_months(i))) + bq.interval_days(i) * 86400000000 + bq.interval_micros(i)))`,
  ),
  macro("date_add_interval(d, i)", "bq.datetime_add_interval(CAST(d AS TIMESTAMP), i)"),
  macro(
    "timestamp_add_interval(ts, i)",
    `CASE WHEN bq.interval_months(i) <> 0 THEN CAST(${failure("BIGINT", "'TIMESTAMP +/- INTERVAL is not supported for intervals with non-zero MONTH or YEAR part.'")} || '' AS TIMESTAMPTZ)
      ELSE bq.timestamp_checked(make_timestamptz(epoch_us(ts) + bq.interval_days(i) * 86400000000 + bq.interval_micros(i))) END`,
  ),
  macro(
    "interval_between_datetimes(a, b)",
    "bq.interval_of(0, (epoch_us(a) - epoch_us(b)) // 86400000000, (epoch_us(a) - epoch_us(b)) % 86400000000)",
  ),
];
