import { type Macro, macro } from "./macro.js";

/** Seconds with no, three or six digits of fraction, whichever is the fewest that loses nothing. */
const clock = (dt: string, separator: string) => `CASE
    WHEN epoch_us(${dt}) % 1000000 = 0 THEN strftime(${dt}, '%Y-%m-%d${separator}%H:%M:%S')
    WHEN epoch_us(${dt}) % 1000 = 0 THEN strftime(${dt}, '%Y-%m-%d${separator}%H:%M:%S.%g')
    ELSE strftime(${dt}, '%Y-%m-%d${separator}%H:%M:%S.%f') END`;

/** The hexadecimal digits of DuckDB's JSON escapes are upper-case, GoogleSQL's lower-case, and it escapes U+2028 and U+2029. */
const escapedCharacter = `CASE
    WHEN c = '"' THEN '\\"' WHEN c = '\\' THEN '\\\\'
    WHEN c = chr(8232) THEN '\\u2028' WHEN c = chr(8233) THEN '\\u2029'
    WHEN c < ' ' THEN lower(trim(CAST(to_json(c) AS VARCHAR), '"')) ELSE c END`;

const quoted = (text: string) => `coalesce(concat('"', ${text}, '"'), 'null')`;
const quotedOrNull = (x: string, text: string) => `CASE WHEN ${x} IS NULL THEN 'null' ELSE ${quoted(text)} END`;

/** CAST(x AS STRING) of times, and TO_JSON_STRING of what is quoted. Sources: GoogleSQL's date_time_util.cc and json_util.cc. */
export const TO_STRING_MACROS: readonly Macro[] = [
  macro("date_to_string(d)", "strftime(d, '%Y-%m-%d')"),
  macro("datetime_to_string(dt)", clock("dt", " ")),
  macro("datetime_iso(dt)", clock("dt", "T")),
  macro("time_to_string(t)", "substr(bq.datetime_to_string(bq.time_instant(t)), 12)"),
  macro("timestamp_to_string(ts)", "bq.datetime_to_string(make_timestamp(epoch_us(ts))) || '+00'"),
  // Offsets have whole minutes: the seconds of a local mean time are dropped from the offset and from the time.
  macro(
    "timestamp_to_string(ts, zone)",
    "bq.datetime_to_string(make_timestamp(epoch_us(ts) + bq.zone_minutes(ts, zone) * 60000000)) || bq.offset_text(bq.zone_minutes(ts, zone))",
  ),
  macro("zone_minutes(ts, zone)", "(epoch_us(bq.datetime_from_timestamp(ts, zone)) - epoch_us(ts)) // 60000000"),
  // +HH, or +HH:MM where the minutes are not zero.
  macro(
    "offset_text(minutes)",
    `concat(CASE WHEN minutes < 0 THEN '-' ELSE '+' END, lpad(CAST(abs(minutes) // 60 AS VARCHAR), 2, '0'),
      CASE WHEN minutes % 60 = 0 THEN '' ELSE concat(':', lpad(CAST(abs(minutes) % 60 AS VARCHAR), 2, '0')) END)`,
  ),

  macro(
    "json_quote(s)",
    `CASE WHEN s IS NULL THEN 'null'
      WHEN regexp_matches(s, '[\\x00-\\x1f\\x{2028}\\x{2029}]')
        THEN concat('"', array_to_string(list_transform(string_split(s, ''), lambda c: ${escapedCharacter}), ''), '"')
      WHEN contains(s, '"') OR contains(s, '\\') THEN concat('"', replace(replace(s, '\\', '\\\\'), '"', '\\"'), '"')
      ELSE concat('"', s, '"') END`,
  ),
  macro("date_to_json(d)", quotedOrNull("d", "bq.date_to_string(d)")),
  macro("datetime_to_json(dt)", quotedOrNull("dt", "bq.datetime_iso(dt)")),
  macro("timestamp_to_json(ts)", quotedOrNull("ts", "bq.datetime_iso(make_timestamp(epoch_us(ts))) || 'Z'")),
  macro("time_to_json(t)", quotedOrNull("t", "bq.time_to_string(t)")),
  macro("bytes_to_json(b)", quotedOrNull("b", "base64(b)")),
  macro("bytes_to_string(b)", "decode(b)"),
];
