import { type Macro, macro } from "./macro.js";

/** PARSE_x, and what gives NULL where it fails. */
const PARSERS = [
  { name: "parse", js: "parse" },
  { name: "try_parse", js: "try_parse" },
] as const;

/** FORMAT_x and PARSE_x through JavaScript, and what FORMAT prints. */
export const TEXT_FORMAT_MACROS: readonly Macro[] = [
  macro(
    "format_date(f, d)",
    "bq_format_temporal(f, 'DATE', epoch_us(CAST(d AS TIMESTAMP)), epoch_us(CAST(d AS TIMESTAMP)))",
  ),
  macro("format_datetime(f, dt)", "bq_format_temporal(f, 'DATETIME', epoch_us(dt), epoch_us(dt))"),
  macro("format_time(f, t)", "bq_format_temporal(f, 'TIME', bq.time_micros(t), bq.time_micros(t))"),
  macro("format_timestamp(f, ts)", "bq_format_temporal(f, 'TIMESTAMP', epoch_us(ts), epoch_us(ts))"),
  macro(
    "format_timestamp(f, ts, zone)",
    "bq_format_temporal(f, 'TIMESTAMP', epoch_us(bq.datetime_from_timestamp(ts, zone)), epoch_us(ts))",
  ),
  macro(
    "cast_date_to_string(f, d)",
    "bq_cast_temporal_to_string(f, 'DATE', epoch_us(CAST(d AS TIMESTAMP)), epoch_us(CAST(d AS TIMESTAMP)))",
  ),
  macro("cast_datetime_to_string(f, dt)", "bq_cast_temporal_to_string(f, 'DATETIME', epoch_us(dt), epoch_us(dt))"),
  macro("cast_time_to_string(f, t)", "bq_cast_temporal_to_string(f, 'TIME', bq.time_micros(t), bq.time_micros(t))"),
  macro("cast_timestamp_to_string(f, ts)", "bq_cast_temporal_to_string(f, 'TIMESTAMP', epoch_us(ts), epoch_us(ts))"),
  macro(
    "cast_timestamp_to_string(f, ts, zone)",
    "bq_cast_temporal_to_string(f, 'TIMESTAMP', epoch_us(bq.datetime_from_timestamp(ts, zone)), epoch_us(ts))",
  ),
  macro(
    "cast_string_to_date(f, s)",
    "CAST(make_timestamp(bq_cast_string_to_temporal(f, s, 'DATE', epoch_us(now()))) AS DATE)",
  ),
  macro(
    "cast_string_to_datetime(f, s)",
    "make_timestamp(bq_cast_string_to_temporal(f, s, 'DATETIME', epoch_us(now())))",
  ),
  macro("cast_string_to_time(f, s)", "bq.time_from_micros(bq_cast_string_to_temporal(f, s, 'TIME', epoch_us(now())))"),
  macro(
    "cast_string_to_timestamp(f, s, zone)",
    `bq.timestamp_from_datetime(make_timestamp(bq_cast_string_to_temporal(f, s, 'TIMESTAMP', epoch_us(now()))),
      bq_cast_string_offset(f, s, epoch_us(now()), zone))`,
  ),
  ...PARSERS.flatMap(({ name, js }) => [
    macro(`${name}_date(f, s)`, `CAST(make_timestamp(bq_${js}_temporal(f, s, 'DATE')) AS DATE)`),
    macro(`${name}_datetime(f, s)`, `make_timestamp(bq_${js}_temporal(f, s, 'DATETIME'))`),
    macro(`${name}_time(f, s)`, `bq.time_from_micros(bq_${js}_temporal(f, s, 'TIME'))`),
    macro(
      `${name}_timestamp(f, s, zone)`,
      // The zone of a text is bound: `timestamp_from_datetime` takes literals, which it names often.
      `list_transform([row(make_timestamp(bq_${js}_temporal(f, s, 'TIMESTAMP')), bq_${js}_zone(f, s, zone))],
        lambda parsed: bq.timestamp_from_datetime(parsed[1], parsed[2]))[1]`,
    ),
    macro(`${name}_timestamp(f, s)`, `bq.${name}_timestamp(f, s, 'UTC')`),
  ]),
  macro(
    "float64_to_printable(x)",
    "CASE WHEN CAST(x AS VARCHAR) = '-0.0' THEN '-0.0' WHEN regexp_full_match(bq.float64_to_string(x), '-?[0-9]+') THEN bq.float64_to_string(x) || '.0' ELSE bq.float64_to_string(x) END",
  ),
  // In a JSON value a whole FLOAT64 keeps its point.
  macro(
    "float64_to_json_number(x)",
    "CASE WHEN x = 0 THEN '0.0' WHEN isfinite(x) THEN bq.float64_to_printable(x) ELSE bq.float64_to_json(x) END",
  ),
  macro(
    "float64_to_literal(x)",
    `CASE WHEN isfinite(x) THEN bq.float64_to_printable(x) ELSE 'CAST("' || bq.float64_to_string(x) || '" AS FLOAT64)' END`,
  ),
];
