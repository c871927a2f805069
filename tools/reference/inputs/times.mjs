// DATE, DATETIME, TIME and TIMESTAMP functions.

const unary = (values) => [...values.map((x) => [x]), [null]];
const dates = [
  "0001-01-01",
  "0001-01-08",
  "1582-10-15",
  "1969-12-31",
  "1970-01-01",
  "1999-12-31",
  "2000-02-29",
  "2015-12-31",
  "2016-01-01",
  "2016-01-03",
  "2016-01-04",
  "2017-01-01",
  "2018-12-30",
  "2018-12-31",
  "2019-12-30",
  "2020-12-31",
  "2021-01-01",
  "2021-01-03",
  "2021-10-19",
  "2021-11-15",
  "2023-12-31",
  "2024-01-01",
  "2024-01-31",
  "2024-02-28",
  "2024-02-29",
  "2024-03-31",
  "2024-05-31",
  "2024-07-06",
  "2024-07-07",
  "2024-07-08",
  "2024-12-29",
  "2024-12-30",
  "2024-12-31",
  "2100-02-28",
  "9999-12-31",
];
const datePairs = dates
  .flatMap((a, i) => [
    [a, dates[(i * 7 + 3) % dates.length]],
    [a, dates[(i + 1) % dates.length]],
  ])
  .concat([
    [null, "2024-01-01"],
    ["2024-01-01", null],
  ]);
const amounts = ["0", "1", "-1", "12", "13", "-11", "100"];
const added = dates
  .flatMap((d) => amounts.map((n) => [d, n]))
  .concat([
    [null, "1"],
    ["2024-01-01", null],
  ]);
const clocks = [
  "00:00:00",
  "03:04:05",
  "23:59:59.999999",
  "12:00:00.5",
  "13:45:30.123",
  "13:45:30.123456",
  "00:59:59.000001",
];
const datetimes = [
  ...dates.map((d, i) => `${d}T${clocks[i % clocks.length]}`),
  "2024-03-10T02:30:00",
  "2024-11-03T01:30:00",
  "2024-11-03T02:00:00",
  "1969-12-31T23:59:59.999999",
];
const timestamps = [
  ...datetimes.map((x) => `${x}Z`),
  "2024-03-10T06:59:59Z",
  "2024-03-10T07:00:00Z",
  "2024-11-03T05:30:00Z",
  "2024-11-03T06:30:00Z",
  "1883-11-18T17:00:00Z",
];
const shifted = (list) =>
  list
    .flatMap((a, i) => [
      [a, list[(i * 5 + 2) % list.length]],
      [a, list[(i + 1) % list.length]],
    ])
    .concat([[null, list[0]]]);
const withAmounts = (list) =>
  list.flatMap((x) => ["0", "1", "-1", "61", "-3601"].map((n) => [x, n])).concat([[null, "1"]]);
const inner = (x) => !/^(0001|9999)/.test(x);

const dateParts = ["day", "week", "isoweek", "month", "quarter", "year", "isoyear"];
const clockParts = ["microsecond", "millisecond", "second", "minute", "hour"];
const extractParts = ["dayofweek", "day", "dayofyear", "week", "isoweek", "month", "quarter", "year", "isoyear"];
const weekdays = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"];
const additive = (parts) => parts.filter((part) => !part.startsWith("iso"));
const zones = ["America/New_York", "Asia/Kolkata", "+05:30", "-08:00", "UTC"];

const f = (name, type, googlesql, duckdb, rows) => ({ name, parameters: { x: type }, googlesql, duckdb, rows });
const g = (name, types, googlesql, duckdb, rows) => ({
  name,
  parameters: { a: types[0], b: types[1] },
  googlesql,
  duckdb,
  rows,
});
const U = (part) => part.toUpperCase();

export const entries = [
  ...additive(dateParts).map((p) =>
    g(`date_add_${p}`, ["DATE", "INT64"], `DATE_ADD(a, INTERVAL b ${U(p)})`, `bq.date_add_${p}(a, b)`, added),
  ),
  ...dateParts.flatMap((p) => [
    g(`date_diff_${p}`, ["DATE", "DATE"], `DATE_DIFF(a, b, ${U(p)})`, `bq.date_diff_${p}(a, b)`, datePairs),
    f(`date_trunc_${p}`, "DATE", `DATE_TRUNC(x, ${U(p)})`, `bq.date_trunc_${p}(x)`, unary(dates)),
    ...(p === "day"
      ? []
      : [f(`date_last_day_${p}`, "DATE", `LAST_DAY(x, ${U(p)})`, `bq.date_last_day_${p}(x)`, unary(dates))]),
  ]),
  ...extractParts.map((p) =>
    f(`date_extract_${p}`, "DATE", `EXTRACT(${U(p)} FROM x)`, `bq.date_extract_${p}(x)`, unary(dates)),
  ),
  ...weekdays.flatMap((day, i) => [
    g(
      `date_diff_week ${day}`,
      ["DATE", "DATE"],
      `DATE_DIFF(a, b, WEEK(${day}))`,
      `bq.date_diff_week(a, b, ${i})`,
      datePairs,
    ),
    f(`date_trunc_week ${day}`, "DATE", `DATE_TRUNC(x, WEEK(${day}))`, `bq.date_trunc_week(x, ${i})`, unary(dates)),
    f(`date_last_day_week ${day}`, "DATE", `LAST_DAY(x, WEEK(${day}))`, `bq.date_last_day_week(x, ${i})`, unary(dates)),
    f(
      `date_extract_week ${day}`,
      "DATE",
      `EXTRACT(WEEK(${day}) FROM x)`,
      `bq.date_extract_week(x, ${i})`,
      unary(dates),
    ),
  ]),
  f("date_to_string", "DATE", "CAST(x AS STRING)", "bq.date_to_string(x)", unary(dates)),
  f("date_to_json", "DATE", "TO_JSON_STRING(x)", "bq.date_to_json(x)", unary(dates)),
  f("unix_date", "DATE", "UNIX_DATE(x)", "bq.unix_date(x)", unary(dates)),
  f(
    "date_from_unix_date",
    "INT64",
    "DATE_FROM_UNIX_DATE(x)",
    "bq.date_from_unix_date(x)",
    unary(["0", "-1", "18946", "2932896", "2932897", "-719162", "-719163"]),
  ),
  {
    name: "date_from_parts",
    parameters: { y: "INT64", m: "INT64", d: "INT64" },
    googlesql: "DATE(y, m, d)",
    duckdb: "bq.date_from_parts(y, m, d)",
    rows: [
      ["2024", "2", "29"],
      ["2023", "2", "29"],
      ["2024", "13", "1"],
      ["0", "1", "1"],
      ["9999", "12", "31"],
      [null, "1", "1"],
      ["2024", "1", "0"],
    ],
  },

  ...[...clockParts, ...additive(dateParts)].map((p) =>
    g(
      `datetime_add_${p}`,
      ["DATETIME", "INT64"],
      `DATETIME_ADD(a, INTERVAL b ${U(p)})`,
      `bq.datetime_add_${p}(a, b)`,
      withAmounts(datetimes),
    ),
  ),
  ...[...clockParts, ...dateParts].flatMap((p) => [
    g(
      `datetime_diff_${p}`,
      ["DATETIME", "DATETIME"],
      `DATETIME_DIFF(a, b, ${U(p)})`,
      `bq.datetime_diff_${p}(a, b)`,
      shifted(datetimes),
    ),
    f(`datetime_trunc_${p}`, "DATETIME", `DATETIME_TRUNC(x, ${U(p)})`, `bq.datetime_trunc_${p}(x)`, unary(datetimes)),
    f(
      `timestamp_trunc_${p}`,
      "TIMESTAMP",
      `TIMESTAMP_TRUNC(x, ${U(p)})`,
      `bq.timestamp_trunc_${p}(x)`,
      unary(timestamps),
    ),
  ]),
  ...[...clockParts, ...extractParts].flatMap((p) => [
    f(`datetime_extract_${p}`, "DATETIME", `EXTRACT(${U(p)} FROM x)`, `bq.datetime_extract_${p}(x)`, unary(datetimes)),
    f(
      `timestamp_extract_${p}`,
      "TIMESTAMP",
      `EXTRACT(${U(p)} FROM x)`,
      `bq.timestamp_extract_${p}(x)`,
      unary(timestamps),
    ),
  ]),
  ...["hour", "day", "isoweek", "month", "quarter", "year", "isoyear"].map((p) =>
    f(
      `timestamp_trunc_${p} zone`,
      "TIMESTAMP",
      `TIMESTAMP_TRUNC(x, ${U(p)}, 'America/New_York')`,
      `bq.timestamp_trunc_${p}(x, 'America/New_York')`,
      unary(timestamps.filter(inner)),
    ),
  ),
  ...["hour", "day", "dayofweek", "isoweek", "year"].map((p) =>
    f(
      `timestamp_extract_${p} zone`,
      "TIMESTAMP",
      `EXTRACT(${U(p)} FROM x AT TIME ZONE 'America/New_York')`,
      `bq.timestamp_extract_${p}(x, 'America/New_York')`,
      unary(timestamps.filter(inner)),
    ),
  ),
  ...[...clockParts, "day"].flatMap((p) => [
    g(
      `timestamp_add_${p}`,
      ["TIMESTAMP", "INT64"],
      `TIMESTAMP_ADD(a, INTERVAL b ${U(p)})`,
      `bq.timestamp_add_${p}(a, b)`,
      withAmounts(timestamps),
    ),
    g(
      `timestamp_diff_${p}`,
      ["TIMESTAMP", "TIMESTAMP"],
      `TIMESTAMP_DIFF(a, b, ${U(p)})`,
      `bq.timestamp_diff_${p}(a, b)`,
      shifted(timestamps),
    ),
  ]),
  f(
    "timestamp_trunc_week MONDAY",
    "TIMESTAMP",
    "TIMESTAMP_TRUNC(x, WEEK(MONDAY))",
    "bq.timestamp_trunc_week(x, 1)",
    unary(timestamps),
  ),
  f(
    "datetime_extract_week MONDAY",
    "DATETIME",
    "EXTRACT(WEEK(MONDAY) FROM x)",
    "bq.datetime_extract_week(x, 1)",
    unary(datetimes),
  ),
  f("timestamp_to_string", "TIMESTAMP", "CAST(x AS STRING)", "bq.timestamp_to_string(x)", unary(timestamps)),
  f("timestamp_to_json", "TIMESTAMP", "TO_JSON_STRING(x)", "bq.timestamp_to_json(x)", unary(timestamps)),
  f("datetime_to_string", "DATETIME", "CAST(x AS STRING)", "bq.datetime_to_string(x)", unary(datetimes)),
  f("datetime_to_json", "DATETIME", "TO_JSON_STRING(x)", "bq.datetime_to_json(x)", unary(datetimes)),
  ...zones.flatMap((zone) => [
    f(
      `timestamp_to_string ${zone}`,
      "TIMESTAMP",
      `STRING(x, '${zone}')`,
      `bq.timestamp_to_string(x, '${zone}')`,
      unary(timestamps.filter(inner)),
    ),
    f(
      `datetime_from_timestamp ${zone}`,
      "TIMESTAMP",
      `DATETIME(x, '${zone}')`,
      `bq.datetime_from_timestamp(x, '${zone}')`,
      unary(timestamps.filter(inner)),
    ),
    f(
      `date_from_timestamp ${zone}`,
      "TIMESTAMP",
      `DATE(x, '${zone}')`,
      `bq.date_from_timestamp(x, '${zone}')`,
      unary(timestamps.filter(inner)),
    ),
    f(
      `time_from_timestamp ${zone}`,
      "TIMESTAMP",
      `TIME(x, '${zone}')`,
      `bq.time_from_timestamp(x, '${zone}')`,
      unary(timestamps.filter(inner)),
    ),
    f(
      `timestamp_from_datetime ${zone}`,
      "DATETIME",
      `TIMESTAMP(x, '${zone}')`,
      `bq.timestamp_from_datetime(x, '${zone}')`,
      unary(datetimes.filter(inner)),
    ),
    f(
      `timestamp_from_date ${zone}`,
      "DATE",
      `TIMESTAMP(x, '${zone}')`,
      `bq.timestamp_from_date(x, '${zone}')`,
      unary(dates.filter(inner)),
    ),
  ]),
  f("date_from_timestamp", "TIMESTAMP", "DATE(x)", "bq.date_from_timestamp(x)", unary(timestamps)),
  f("datetime_from_timestamp", "TIMESTAMP", "DATETIME(x)", "bq.datetime_from_timestamp(x)", unary(timestamps)),
  f("time_from_timestamp", "TIMESTAMP", "TIME(x)", "bq.time_from_timestamp(x)", unary(timestamps)),
  f("timestamp_from_datetime", "DATETIME", "TIMESTAMP(x)", "bq.timestamp_from_datetime(x)", unary(datetimes)),
  f("timestamp_from_date", "DATE", "TIMESTAMP(x)", "bq.timestamp_from_date(x)", unary(dates)),
  f("date_from_datetime", "DATETIME", "DATE(x)", "bq.date_from_datetime(x)", unary(datetimes)),
  f("time_from_datetime", "DATETIME", "TIME(x)", "bq.time_from_datetime(x)", unary(datetimes)),
  f("datetime_from_date", "DATE", "DATETIME(x)", "bq.datetime_from_date(x)", unary(dates)),
  g(
    "datetime_from_date_time",
    ["DATE", "TIME"],
    "DATETIME(a, b)",
    "bq.datetime_from_date_time(a, b)",
    dates.map((d, i) => [d, clocks[i % clocks.length]]).concat([[null, "00:00:00"]]),
  ),
  ...["unix_seconds", "unix_millis", "unix_micros"].map((name) =>
    f(name, "TIMESTAMP", `${U(name)}(x)`, `bq.${name}(x)`, unary(timestamps)),
  ),
  ...[
    ["timestamp_seconds", 1n],
    ["timestamp_millis", 1000n],
    ["timestamp_micros", 1000000n],
  ].map(([name, unit]) =>
    f(
      name,
      "INT64",
      `${U(name)}(x)`,
      `bq.${name}(x)`,
      unary([
        "0",
        "-1",
        String(1636934400n * unit),
        String(253402300799n * unit),
        String(253402300800n * unit),
        String(-62135596800n * unit),
        String(-62135596801n * unit),
      ]),
    ),
  ),
  {
    name: "datetime_from_parts",
    parameters: { y: "INT64", m: "INT64", d: "INT64", h: "INT64", i: "INT64", s: "INT64" },
    googlesql: "DATETIME(y, m, d, h, i, s)",
    duckdb: "bq.datetime_from_parts(y, m, d, h, i, s)",
    rows: [
      ["2024", "2", "29", "23", "59", "59"],
      ["2024", "2", "29", "24", "0", "0"],
      ["2024", "2", "30", "1", "0", "0"],
      [null, "1", "1", "1", "1", "1"],
    ],
  },
  {
    name: "time_from_parts",
    parameters: { h: "INT64", i: "INT64", s: "INT64" },
    googlesql: "TIME(h, i, s)",
    duckdb: "bq.time_from_parts(h, i, s)",
    rows: [
      ["23", "59", "59"],
      ["24", "0", "0"],
      ["0", "60", "0"],
      [null, "1", "1"],
      ["0", "0", "0"],
    ],
  },
  f("time_to_string", "TIME", "CAST(x AS STRING)", "bq.time_to_string(x)", unary(clocks)),
  f("time_to_json", "TIME", "TO_JSON_STRING(x)", "bq.time_to_json(x)", unary(clocks)),
  ...clockParts.flatMap((p) => [
    f(`time_trunc_${p}`, "TIME", `TIME_TRUNC(x, ${U(p)})`, `bq.time_trunc_${p}(x)`, unary(clocks)),
    f(`time_extract_${p}`, "TIME", `EXTRACT(${U(p)} FROM x)`, `bq.time_extract_${p}(x)`, unary(clocks)),
    g(`time_diff_${p}`, ["TIME", "TIME"], `TIME_DIFF(a, b, ${U(p)})`, `bq.time_diff_${p}(a, b)`, shifted(clocks)),
  ]),
];
