import { bindAs } from "../../print/bind.js";
import { failure, type Macro, macro, NUMERIC, OFFSET_PATTERN, unbound } from "./macro.js";

/** What GoogleSQL strips around numbers: ASCII white space only. */
export const stripped = "trim(s, E' \\t\\n\\x0b\\f\\r')";
const bad = (type: string, message: string, quote = "") => failure(type, `concat('${message}${quote}', s, '${quote}')`);
const QUOTE = "''";

export const DATE_PATTERN = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}";
export const CLOCK_PATTERN = "[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}([.][0-9]{1,6})?";
/** Z, an offset, with UTC in front or not, or a blank and a zone name. */
const ZONE_PATTERN = `[zZ]|( UTC)?${OFFSET_PATTERN}| [A-Za-z][A-Za-z0-9_+/-]*`;

/** A leap second 60 is the first instant of the next minute, whatever stands after its point. */
export const clockMicros = (clock: string) =>
  `(CAST(split_part(${clock}, ':', 1) AS BIGINT) * 3600000000 + CAST(split_part(${clock}, ':', 2) AS BIGINT) * 60000000
    + least(CAST(CAST(split_part(${clock}, ':', 3) AS DECIMAL(8,6)) * 1000000 AS BIGINT), 60000000))`;
export const clockInRange = (clock: string) =>
  `CAST(split_part(${clock}, ':', 1) AS INTEGER) < 24 AND CAST(split_part(${clock}, ':', 2) AS INTEGER) < 60
    AND CAST(split_part(${clock}, ':', 3) AS DECIMAL(8,6)) < 61`;

/** `s` as local date and time, given that it starts with them. */
export const clockOf = `regexp_extract(s, '${CLOCK_PATTERN}')`;

/** Dates and times in full digits, which DuckDB reads as GoogleSQL does. */
const PLAIN_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const PLAIN_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?";
const PLAIN_OFFSET = "[+-](0[0-9]|1[0-3])(:[0-5][0-9])?";

/** A date, and behind it a time of day, a zone or both; a zone by its name follows a time of day only. */
const TIMESTAMP_PATTERN = `${DATE_PATTERN}([ tT](${CLOCK_PATTERN}(${ZONE_PATTERN})?|${OFFSET_PATTERN}))?`;

/**
 * The instant that a text of TIMESTAMP_PATTERN says, in `zone` where it names none. Its parts are bound: `timestamp_from_datetime` takes
 * literals, which it names often.
 */
const instantOf = (text: string) => {
  const local = `^${DATE_PATTERN}([ tT]${CLOCK_PATTERN})?`;
  const parts = [
    `bq.string_to_datetime_exact(regexp_extract(${text}, '${local}'))`,
    `coalesce(nullif(bq.zone_or_utc(regexp_replace(${text}, '${local}[ tT]?', '')), ''), zone)`,
  ];
  return bindAs("local_and_zone", parts, ([local, zone]) => `bq.timestamp_from_datetime(${local}, ${zone})`);
};

/** Of any text, and of a column, which need not be bound. */
export const quick = (name: string, body: string): readonly Macro[] => [
  macro(`${name}(s)`, body),
  unbound(`${name}_plain(s)`, body),
];

/** CAST(s AS type). Source: GoogleSQL's cast.cc and date_time_util.cc; every rule recorded from the reference. */
export const FROM_STRING_MACROS: readonly Macro[] = [
  ...quick(
    "string_to_int64",
    "CASE WHEN regexp_full_match(s, '-?[0-9]{1,18}') THEN TRY_CAST(s AS BIGINT) ELSE bq.string_to_int64_exact(s) END",
  ),
  macro(
    "string_to_int64_exact(s)",
    `CASE WHEN regexp_full_match(${stripped}, '[+-]?[0-9]+') THEN CAST(${stripped} AS BIGINT)
      WHEN regexp_full_match(${stripped}, '0[xX][0-9a-fA-F]+') THEN CAST(CAST(concat('0x', substr(${stripped}, 3)) AS UBIGINT) AS BIGINT)
      WHEN regexp_full_match(${stripped}, '[+-]0[xX][0-9a-fA-F]+')
        THEN CAST(CASE left(${stripped}, 1) WHEN '-' THEN -1 ELSE 1 END * CAST(CAST(concat('0x', substr(${stripped}, 4)) AS UBIGINT) AS HUGEINT) AS BIGINT)
      WHEN s IS NULL THEN NULL ELSE ${bad("BIGINT", "Bad int64 value: ")} END`,
  ),
  macro(
    "string_to_float64(s)",
    `CASE WHEN regexp_full_match(${stripped}, '(?i)[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?|[+-]?(nan|inf|infinity)')
        THEN CAST(${stripped} AS DOUBLE)
      WHEN regexp_full_match(${stripped}, '[+-]?0[xX][0-9a-fA-F]+') THEN CAST(bq.string_to_int64(s) AS DOUBLE)
      WHEN s IS NULL THEN NULL ELSE ${bad("DOUBLE", "Bad double value: ")} END`,
  ),
  macro(
    "string_to_numeric(s)",
    `CASE WHEN regexp_full_match(${stripped}, '(?i)[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?') THEN CAST(${stripped} AS ${NUMERIC})
      WHEN s IS NULL THEN NULL ELSE ${bad(NUMERIC, "Invalid NUMERIC value: ")} END`,
  ),
  macro(
    "string_to_bool(s)",
    `CASE lower(s) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE CASE WHEN s IS NULL THEN NULL ELSE ${bad("BOOLEAN", "Bad bool value: ")} END END`,
  ),
  macro("string_to_bytes(s)", "encode(s)"),
  macro(
    "string_to_date(s)",
    `CASE WHEN regexp_full_match(s, '${DATE_PATTERN}') AND left(s, 4) <> '0000' THEN CAST(s AS DATE)
      WHEN s IS NULL THEN NULL ELSE ${bad("DATE", "Invalid date: ", QUOTE)} END`,
  ),
  unbound("plain_time(s)", `CASE WHEN regexp_full_match(s, '${PLAIN_CLOCK}') THEN TRY_CAST(s AS TIME) END`),
  ...quick("string_to_time", "coalesce(bq.plain_time(s), bq.string_to_time_exact(s))"),
  macro(
    "string_to_time_exact(s)",
    `CASE WHEN regexp_full_match(s, '${CLOCK_PATTERN}') AND ${clockInRange("s")}
        THEN CAST(make_timestamp(${clockMicros("s")} % 86400000000) AS TIME)
      WHEN s IS NULL THEN NULL ELSE ${bad("TIME", "Invalid time string ", '"')} END`,
  ),
  unbound(
    "plain_datetime(s)",
    `CASE WHEN regexp_full_match(s, '${PLAIN_DATE}([ T]${PLAIN_CLOCK})?') AND s >= '0001' THEN TRY_CAST(s AS TIMESTAMP) END`,
  ),
  ...quick("string_to_datetime", "coalesce(bq.plain_datetime(s), bq.string_to_datetime_exact(s))"),
  macro(
    "string_to_datetime_exact(s)",
    `CASE WHEN regexp_full_match(s, '${DATE_PATTERN}') THEN CAST(bq.string_to_date(s) AS TIMESTAMP)
      WHEN regexp_full_match(s, '${DATE_PATTERN}[ tT]${CLOCK_PATTERN}') THEN CASE WHEN ${clockInRange(clockOf)}
        THEN bq.datetime_checked(make_timestamp(epoch_us(bq.string_to_date(regexp_extract(s, '${DATE_PATTERN}'))) + ${clockMicros(clockOf)}))
        ELSE ${bad("TIMESTAMP", "Invalid datetime string ", '"')} END
      WHEN s IS NULL THEN NULL ELSE ${bad("TIMESTAMP", "Invalid datetime string ", '"')} END`,
  ),
  macro("zone_or_utc(zone)", "CASE WHEN zone IN ('z', 'Z') THEN 'UTC' ELSE zone END"),
  // The plain forms of a day and a second, in UTC or with an offset, which DuckDB reads in one step; NULL for any other. An offset must not
  // carry the instant out of the years that there are.
  unbound(
    "plain_timestamp(s)",
    `CASE WHEN regexp_full_match(s, '${PLAIN_DATE}([ T]${PLAIN_CLOCK}(Z|[+]00(:00)?| UTC)?)?') AND s >= '0001'
        THEN make_timestamptz(epoch_us(TRY_CAST(s AS TIMESTAMP)))
      WHEN regexp_full_match(s, '${PLAIN_DATE}[ T]${PLAIN_CLOCK}${PLAIN_OFFSET}') AND s >= '0002' AND s < '9999'
        THEN TRY_CAST(s AS TIMESTAMPTZ) END`,
  ),
  macro(
    "string_to_timestamp_exact(s, zone)",
    `CASE WHEN regexp_full_match(s, '${TIMESTAMP_PATTERN}') THEN ${instantOf("s")}
      WHEN s IS NULL THEN NULL ELSE ${bad("TIMESTAMPTZ", "Invalid timestamp: ", QUOTE)} END`,
  ),
  macro(
    "string_to_timestamp(s, zone)",
    "coalesce(bq.timestamp_from_datetime(bq.plain_datetime(s), zone), bq.string_to_timestamp_exact(s, zone))",
  ),
  ...quick("string_to_timestamp", "coalesce(bq.plain_timestamp(s), bq.string_to_timestamp_exact(s, 'UTC'))"),
  // TIMESTAMP(s, zone): the text must not name another zone.
  macro(
    "zoneless_datetime(s)",
    `coalesce(bq.plain_datetime(s), CASE WHEN regexp_full_match(s, '${DATE_PATTERN}([ tT]${CLOCK_PATTERN})?') THEN bq.string_to_datetime_exact(s)
      WHEN regexp_full_match(s, '${TIMESTAMP_PATTERN}') THEN ${bad("TIMESTAMP", "Timezone is not allowed in ", '"')}
      WHEN s IS NULL THEN NULL ELSE ${bad("TIMESTAMP", "Invalid timestamp: ", QUOTE)} END)`,
  ),
  macro("timestamp_of_text(s, zone)", "bq.timestamp_from_datetime(bq.zoneless_datetime(s), zone)"),
  unbound("string_to_timestamp_plain(s, zone)", "bq.string_to_timestamp(s, zone)"),
];
