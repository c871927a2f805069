import { failure, innerMacro, type Macro, macro, OFFSET_PATTERN } from "./macro.js";

/** Microseconds of the parts below a day. */
const CLOCK_PARTS = {
  microsecond: 1,
  millisecond: 1_000,
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
} as const;
const DAY = 86_400_000_000;
const DATE_PARTS = ["day", "week", "isoweek", "month", "quarter", "year", "isoyear"];
const EXTRACT_DATE_PARTS = ["dayofweek", "day", "dayofyear", "week", "isoweek", "month", "quarter", "year", "isoyear"];

/** Integer division towards minus infinity; DuckDB's own goes towards zero. */
const floorDivide = (n: string, d: number) => `((${n} - ((${n} % ${d}) + ${d}) % ${d}) // ${d})`;

/** `bq.date_f(CAST(x AS DATE))` where `x` is a DATETIME. */
const viaDate = (f: string, dt: string, ...rest: string[]) =>
  `bq.date_${f}(${[`CAST(${dt} AS DATE)`, ...rest].join(", ")})`;

const timeOfDay = (dt: string) => `(epoch_us(${dt}) - epoch_us(CAST(${dt} AS DATE)))`;

function extract(part: string, micros: string): string {
  if (part === "microsecond") return `((${micros}) % 1000000)`;
  if (part === "millisecond") return `((${micros}) % 1000000 // 1000)`;
  const modulus = part === "hour" ? 24 : 60;
  return `((${micros}) // ${CLOCK_PARTS[part as keyof typeof CLOCK_PARTS]} % ${modulus})`;
}

function datetimeMacros(): Macro[] {
  const macros: Macro[] = [];
  for (const [part, micros] of Object.entries(CLOCK_PARTS)) {
    macros.push(
      macro(`datetime_add_${part}(dt, n)`, `bq.datetime_checked(make_timestamp(epoch_us(dt) + n * ${micros}))`),
      macro(
        `datetime_diff_${part}(a, b)`,
        `${floorDivide("epoch_us(a)", micros)} - ${floorDivide("epoch_us(b)", micros)}`,
      ),
      macro(`datetime_trunc_${part}(dt)`, `make_timestamp(${floorDivide("epoch_us(dt)", micros)} * ${micros})`),
      macro(`datetime_extract_${part}(dt)`, extract(part, timeOfDay("dt"))),
      macro(`timestamp_add_${part}(ts, n)`, `bq.timestamp_checked(make_timestamptz(epoch_us(ts) + n * ${micros}))`),
      macro(`timestamp_diff_${part}(a, b)`, `(epoch_us(a) - epoch_us(b)) // ${micros}`),
      macro(
        `time_add_${part}(t, n)`,
        `bq.time_from_micros(((bq.time_micros(t) + n * ${micros}) % ${DAY} + ${DAY}) % ${DAY})`,
      ),
      macro(`time_trunc_${part}(t)`, `bq.time_from_micros(bq.time_micros(t) // ${micros} * ${micros})`),
      macro(`time_diff_${part}(a, b)`, `bq.time_micros(a) // ${micros} - bq.time_micros(b) // ${micros}`),
      macro(`time_extract_${part}(t)`, extract(part, "bq.time_micros(t)")),
    );
  }
  for (const part of DATE_PARTS) {
    macros.push(
      macro(`datetime_diff_${part}(a, b)`, `bq.date_diff_${part}(CAST(a AS DATE), CAST(b AS DATE))`),
      macro(`datetime_trunc_${part}(dt)`, `CAST(${viaDate(`trunc_${part}`, "dt")} AS TIMESTAMP)`),
    );
    if (!part.startsWith("iso")) {
      macros.push(
        macro(
          `datetime_add_${part}(dt, n)`,
          `make_timestamp(epoch_us(${viaDate(`add_${part}`, "dt", "n")}) + ${timeOfDay("dt")})`,
        ),
      );
    }
  }
  for (const part of EXTRACT_DATE_PARTS)
    macros.push(macro(`datetime_extract_${part}(dt)`, viaDate(`extract_${part}`, "dt")));
  macros.push(
    macro("datetime_diff_week(a, b, first)", "bq.date_diff_week(CAST(a AS DATE), CAST(b AS DATE), first)"),
    macro("datetime_trunc_week(dt, first)", `CAST(${viaDate("trunc_week", "dt", "first")} AS TIMESTAMP)`),
    macro("datetime_extract_week(dt, first)", viaDate("extract_week", "dt", "first")),
    macro(
      "timestamp_trunc_week(ts, first)",
      "make_timestamptz(epoch_us(bq.datetime_trunc_week(make_timestamp(epoch_us(ts)), first)))",
    ),
    macro("timestamp_extract_week(ts, first)", "bq.datetime_extract_week(make_timestamp(epoch_us(ts)), first)"),
  );
  for (const part of [...Object.keys(CLOCK_PARTS), ...DATE_PARTS]) {
    macros.push(
      macro(
        `timestamp_trunc_${part}(ts)`,
        `make_timestamptz(epoch_us(bq.datetime_trunc_${part}(make_timestamp(epoch_us(ts)))))`,
      ),
    );
    // Parts of a day are cut off the instant itself: a local time that occurs twice would lose which of both is meant.
    if (part in CLOCK_PARTS) {
      macros.push(
        innerMacro(
          `timestamp_trunc_local_${part}(ts, dt)`,
          `make_timestamptz(epoch_us(ts) - epoch_us(dt) + epoch_us(bq.datetime_trunc_${part}(dt)))`,
        ),
        macro(
          `timestamp_trunc_${part}(ts, zone)`,
          `bq.timestamp_trunc_local_${part}(ts, bq.datetime_from_timestamp(ts, zone))`,
        ),
      );
    } else if (part !== "week") {
      macros.push(
        macro(
          `timestamp_trunc_${part}(ts, zone)`,
          `bq.timestamp_from_datetime(bq.datetime_trunc_${part}(bq.datetime_from_timestamp(ts, zone)), zone)`,
        ),
      );
    }
  }
  for (const part of [...Object.keys(CLOCK_PARTS), ...EXTRACT_DATE_PARTS]) {
    macros.push(macro(`timestamp_extract_${part}(ts)`, `bq.datetime_extract_${part}(make_timestamp(epoch_us(ts)))`));
    if (part !== "week") {
      macros.push(
        macro(
          `timestamp_extract_${part}(ts, zone)`,
          `bq.datetime_extract_${part}(bq.datetime_from_timestamp(ts, zone))`,
        ),
      );
    }
  }
  return macros;
}

const outOfRange = (type: string, name: string, x: string) =>
  failure(type, `concat('${name} value out of range: ', CAST(${x} AS VARCHAR), '!')`);

/** Zones that are known without asking the time zone database. */
const COMMON_ZONES = (
  "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Toronto America/Sao_Paulo Europe/London " +
  "Europe/Paris Europe/Berlin Europe/Madrid Europe/Rome Europe/Amsterdam Europe/Stockholm Europe/Moscow Europe/Istanbul Asia/Tokyo Asia/Seoul " +
  "Asia/Shanghai Asia/Hong_Kong Asia/Singapore Asia/Kolkata Asia/Dubai Asia/Jakarta Australia/Sydney Australia/Melbourne Pacific/Auckland"
).split(" ");

/**
 * DATETIME, TIME and TIMESTAMP. DATETIME_DIFF and TIME_DIFF count boundaries, TIMESTAMP_DIFF counts whole elapsed parts.
 * Local times that occur twice are the first instant, those that are skipped lie after the gap (GoogleSQL's date_time_util.cc).
 */
export const DATETIME_MACROS: readonly Macro[] = [
  macro(
    "datetime_checked(dt)",
    `CASE WHEN dt >= TIMESTAMP '0001-01-01' AND dt < TIMESTAMP '10000-01-01' THEN dt
      WHEN dt IS NULL THEN NULL ELSE ${outOfRange("TIMESTAMP", "Datetime", "dt")} END`,
  ),
  macro(
    "timestamp_checked(ts)",
    `CASE WHEN ts >= TIMESTAMPTZ '0001-01-01 00:00:00+00' AND ts < TIMESTAMPTZ '10000-01-01 00:00:00+00' THEN ts
      WHEN ts IS NULL THEN NULL ELSE ${outOfRange("TIMESTAMPTZ", "Timestamp", "ts")} END`,
  ),
  macro("time_instant(t)", "DATE '1970-01-01' + t"),
  macro("time_micros(t)", "epoch_us(bq.time_instant(t))"),
  macro("time_from_micros(n)", "CAST(make_timestamp(n) AS TIME)"),

  macro(
    "offset_micros(zone)",
    `CASE WHEN regexp_full_match(zone, '(UTC)?(${OFFSET_PATTERN})')
      THEN CASE WHEN contains(zone, '-') THEN -60000000 ELSE 60000000 END
        * (CAST(regexp_extract(zone, '[+-]([0-9]{1,2})', 1) AS BIGINT) * 60
          + CAST(concat('0', regexp_extract(zone, '[+-](?:[0-9]{2}:?|[0-9]:)([0-9]{1,2})$', 1)) AS BIGINT))
      ELSE ${failure("BIGINT", "concat('Invalid time zone: ', zone)")} END`,
  ),
  macro("is_offset(zone)", "regexp_matches(zone, '^(UTC)?[+-]')"),
  // The instant is named once: bound by a lambda, DuckDB would not work the zone out before it runs, but for every row.
  // Within a lambda DuckDB would call JavaScript for every row, even of a literal.
  macro(
    "known_zone(zone)",
    `CASE WHEN zone IN (${COMMON_ZONES.map((zone) => `'${zone}'`).join(", ")}) THEN zone ELSE bq_time_zone(zone) END`,
  ),
  macro("zone_name(zone)", "CASE WHEN zone = 'UTC' OR bq.is_offset(zone) THEN 'UTC' ELSE bq.known_zone(zone) END"),
  macro("zone_shift(zone)", "CASE WHEN bq.is_offset(zone) THEN bq.offset_micros(zone) ELSE 0 END"),
  macro(
    "datetime_from_timestamp(ts, zone)",
    "make_timestamp(epoch_us(timezone(bq.zone_name(zone), ts)) + bq.zone_shift(zone))",
  ),
  macro("datetime_from_timestamp(ts)", "make_timestamp(epoch_us(ts))"),
  macro(
    "timestamp_from_datetime(dt, zone)",
    `CASE WHEN zone = 'UTC' THEN make_timestamptz(epoch_us(dt))
      WHEN bq.is_offset(zone) THEN bq.timestamp_checked(make_timestamptz(epoch_us(dt) - bq.offset_micros(zone)))
      ELSE bq.timestamp_in_zone(dt, bq.known_zone(zone)) END`,
  ),
  // Of a local time that occurs twice the first instant; DuckDB takes the second.
  macro("timestamp_in_zone(dt, zone)", "bq.timestamp_first(timezone(zone, dt), dt, zone)"),
  innerMacro(
    "timestamp_first(ts, dt, zone)",
    "CASE WHEN timezone(zone, ts - INTERVAL 1 HOUR) = dt THEN ts - INTERVAL 1 HOUR ELSE bq.timestamp_checked(ts) END",
  ),
  macro("timestamp_from_datetime(dt)", "make_timestamptz(epoch_us(dt))"),
  macro("timestamp_from_date(d)", "make_timestamptz(epoch_us(CAST(d AS TIMESTAMP)))"),
  macro("timestamp_from_date(d, zone)", "bq.timestamp_from_datetime(CAST(d AS TIMESTAMP), zone)"),
  macro("timestamp_seconds(n)", "bq.timestamp_checked(make_timestamptz(n * 1000000))"),
  macro("timestamp_millis(n)", "bq.timestamp_checked(make_timestamptz(n * 1000))"),
  macro("timestamp_micros(n)", "bq.timestamp_checked(make_timestamptz(n))"),
  macro("unix_seconds(ts)", floorDivide("epoch_us(ts)", 1_000_000)),
  macro("unix_millis(ts)", floorDivide("epoch_us(ts)", 1_000)),
  macro("unix_micros(ts)", "epoch_us(ts)"),
  macro("timestamp_add_day(ts, n)", `bq.timestamp_checked(make_timestamptz(epoch_us(ts) + n * ${DAY}))`),
  macro("timestamp_diff_day(a, b)", `(epoch_us(a) - epoch_us(b)) // ${DAY}`),

  macro("datetime_from_date(d)", "CAST(d AS TIMESTAMP)"),
  macro("datetime_from_date_time(d, t)", "d + t"),
  macro(
    "datetime_from_parts(y, mo, d, h, mi, s)",
    "make_timestamp(epoch_us(bq.date_from_parts(y, mo, d)) + bq.clock_micros(h, mi, s))",
  ),
  macro(
    "clock_micros(h, mi, s)",
    `CASE WHEN h BETWEEN 0 AND 23 AND mi BETWEEN 0 AND 59 AND s BETWEEN 0 AND 59 THEN h * 3600000000 + mi * 60000000 + s * 1000000
      WHEN h IS NULL OR mi IS NULL OR s IS NULL THEN NULL
      ELSE ${failure("BIGINT", "concat('Input calculates to invalid time: ', h, ':', mi, ':', s)")} END`,
  ),
  macro("time_from_parts(h, mi, s)", "bq.time_from_micros(bq.clock_micros(h, mi, s))"),
  macro("time_from_datetime(dt)", "CAST(dt AS TIME)"),
  macro("time_from_timestamp(ts)", "CAST(make_timestamp(epoch_us(ts)) AS TIME)"),
  macro("time_from_timestamp(ts, zone)", "CAST(bq.datetime_from_timestamp(ts, zone) AS TIME)"),
  ...datetimeMacros(),
];
