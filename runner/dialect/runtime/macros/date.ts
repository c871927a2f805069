import { failure, type Macro, macro } from "./macro.js";

/** Days since the week of `d` began; `first` is 0 for SUNDAY .. 6 for SATURDAY. */
const dayInWeek = (d: string, first: string) => `((dayofweek(${d}) - ${first} + 7) % 7)`;

const weeks = (name: string, first: string): readonly Macro[] => [
  macro(`date_trunc_${name}(d)`, `bq.date_trunc_week(d, ${first})`),
  macro(`date_last_day_${name}(d)`, `bq.date_last_day_week(d, ${first})`),
  macro(`date_diff_${name}(a, b)`, `bq.date_diff_week(a, b, ${first})`),
];

/** DATE. GoogleSQL's DATE_DIFF counts the boundaries of the part between two dates; dates range from 0001-01-01 to 9999-12-31. */
export const DATE_MACROS: readonly Macro[] = [
  macro(
    "date_checked(d)",
    `CASE WHEN d BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN d
      WHEN d IS NULL THEN NULL ELSE ${failure("DATE", "concat('Date value out of range: ', CAST(d AS VARCHAR), '!')")} END`,
  ),
  macro("date_add_day(d, n)", "bq.date_checked(d + CAST(n AS INTEGER))"),
  macro("date_add_week(d, n)", "bq.date_checked(d + CAST(n * 7 AS INTEGER))"),
  macro("date_add_month(d, n)", "bq.date_checked(CAST(d + to_months(CAST(n AS INTEGER)) AS DATE))"),
  macro("date_add_quarter(d, n)", "bq.date_add_month(d, n * 3)"),
  macro("date_add_year(d, n)", "bq.date_add_month(d, n * 12)"),

  macro("date_diff_day(a, b)", "a - b"),
  // Not truncated by date_trunc_week, which fails for a week that begins before year 1.
  macro("date_diff_week(a, b, first)", `(a - b - (${dayInWeek("a", "first")} - ${dayInWeek("b", "first")})) // 7`),
  macro("date_diff_month(a, b)", "date_diff('month', b, a)"),
  macro("date_diff_quarter(a, b)", "date_diff('quarter', b, a)"),
  macro("date_diff_year(a, b)", "date_diff('year', b, a)"),
  macro("date_diff_isoyear(a, b)", "isoyear(a) - isoyear(b)"),

  macro("date_trunc_day(d)", "d"),
  macro("date_trunc_week(d, first)", `bq.date_checked(d - CAST(${dayInWeek("d", "first")} AS INTEGER))`),
  macro("date_trunc_month(d)", "CAST(date_trunc('month', d) AS DATE)"),
  macro("date_trunc_quarter(d)", "CAST(date_trunc('quarter', d) AS DATE)"),
  macro("date_trunc_year(d)", "CAST(date_trunc('year', d) AS DATE)"),
  macro("date_trunc_isoyear(d)", "bq.date_checked(bq.isoyear_start(isoyear(d)))"),
  // ISO year y begins on the Monday of the week that holds 4 January.
  macro("isoyear_start(y)", `make_date(y, 1, 4) - CAST(${dayInWeek("make_date(y, 1, 4)", "1")} AS INTEGER)`),
  ...weeks("week", "0"),
  ...weeks("isoweek", "1"),

  macro("date_last_day_week(d, first)", `bq.date_checked(d + CAST(6 - ${dayInWeek("d", "first")} AS INTEGER))`),
  macro("date_last_day_month(d)", "last_day(d)"),
  macro("date_last_day_quarter(d)", "last_day(CAST(date_trunc('quarter', d) + INTERVAL 2 MONTH AS DATE))"),
  macro("date_last_day_year(d)", "make_date(year(d), 12, 31)"),
  macro("date_last_day_isoyear(d)", "bq.date_checked(bq.isoyear_start(isoyear(d) + 1) - 1)"),

  macro("date_extract_dayofweek(d)", "dayofweek(d) + 1"),
  macro("date_extract_day(d)", "day(d)"),
  macro("date_extract_dayofyear(d)", "dayofyear(d)"),
  // Week 1 begins with the year's first `first`; the days before it are week 0.
  macro("date_extract_week(d, first)", `(dayofyear(d) + 6 - ${dayInWeek("d", "first")}) // 7`),
  macro("date_extract_week(d)", "bq.date_extract_week(d, 0)"),
  macro("date_extract_isoweek(d)", "weekofyear(d)"),
  macro("date_extract_month(d)", "month(d)"),
  macro("date_extract_quarter(d)", "quarter(d)"),
  macro("date_extract_year(d)", "year(d)"),
  macro("date_extract_isoyear(d)", "isoyear(d)"),

  macro(
    "generate_date_array(a, b, n)",
    `CASE WHEN n = 0 THEN [${failure("DATE", "'Sequence step cannot be 0.'")}]
      ELSE list_transform(generate_series(0, b - a, n), lambda i: a + CAST(i AS INTEGER)) END`,
  ),
  macro(
    "generate_month_array(a, b, n)",
    `CASE WHEN n = 0 THEN [${failure("DATE", "'Sequence step cannot be 0.'")}]
      ELSE CAST(generate_series(CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP), to_months(CAST(n AS INTEGER))) AS DATE[]) END`,
  ),
  macro("date_from_parts(y, m, d)", "bq.date_checked(make_date(y, m, d))"),
  macro(
    "date_from_unix_date(n)",
    `CASE WHEN n BETWEEN -719162 AND 2932896 THEN DATE '1970-01-01' + CAST(n AS INTEGER) WHEN n IS NOT NULL
      THEN ${failure("DATE", "concat('DATE_FROM_UNIX_DATE range is -719162 to 2932896 but saw ', n)")} END`,
  ),
  macro("unix_date(d)", "d - DATE '1970-01-01'"),
  macro("date_from_timestamp(ts)", "CAST(make_timestamp(epoch_us(ts)) AS DATE)"),
  macro("date_from_timestamp(ts, zone)", "bq.date_checked(CAST(bq.datetime_from_timestamp(ts, zone) AS DATE))"),
  macro("date_from_datetime(dt)", "CAST(dt AS DATE)"),
];
