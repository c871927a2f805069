import { describe, expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows, translated } = queriesOnEngine();

type Device = readonly [id: number, time: string, signal: number | null, state: string];
const devices = (list: readonly Device[]): string =>
  `(SELECT * FROM UNNEST(ARRAY<STRUCT<device_id INT64, time DATETIME, signal INT64, state STRING>>[${list
    .map(([id, time, signal, state]) => `(${id}, DATETIME '2023-11-01 ${time}', ${signal}, '${state}')`)
    .join(", ")}]))`;

const BASE: readonly Device[] = [
  [1, "09:34:01", 74, "INACTIVE"],
  [2, "09:36:00", 77, "ACTIVE"],
  [3, "09:37:00", 78, "ACTIVE"],
  [4, "09:38:01", 80, "ACTIVE"],
];
const HOLED = BASE.map((row): Device => (row[0] === 3 ? [3, "09:37:00", null, "ACTIVE"] : row));

const MINUTES = "ts_column => 'time', bucket_width => INTERVAL 1 MINUTE";
const filled = async (source: string, rest: string, order = "time") =>
  (await rows(`SELECT * FROM GAP_FILL(${source}, ${MINUTES}${rest}) ORDER BY ${order}`)).map((row) =>
    row.map((cell) => String(cell).replace("2023-11-01 ", "")),
  );
const times = (seconds: string, ...minutes: readonly string[]) => minutes.map((minute) => `09:${minute}:${seconds}`);

// The examples of the documentation.
describe("GAP_FILL", () => {
  it.each([
    [", value_columns => [('signal', 'locf')]", BASE, ["74", "77", "78", "78"]],
    [", value_columns => [('signal', 'linear')]", BASE, ["75", "77", "78", "80"]],
    [", value_columns => [('signal', 'null')]", BASE, ["null", "77", "78", "null"]],
    [", value_columns => [('signal', 'linear')]", HOLED, ["75", "77", "78", "80"]],
    [", value_columns => [('signal', 'linear')], ignore_null_values => FALSE", HOLED, ["75", "77", "null", "null"]],
    [", value_columns => [('signal', 'locf')], ignore_null_values => FALSE", HOLED, ["74", "77", "null", "null"]],
    [", value_columns => [('signal', 'locf')]", HOLED, ["74", "77", "77", "77"]],
  ])("fills by %s", async (rest, list, expected) => {
    const at = times("00", "35", "36", "37", "38");
    expect(await filled(devices(list), rest)).toEqual(expected.map((value, i) => [at[i], value]));
  });

  it("fills all other columns with NULL unless it is told which", async () => {
    expect(await filled(devices(BASE), "")).toEqual([
      ["09:35:00", "null", "null", "null"],
      ["09:36:00", "2", "77", "ACTIVE"],
      ["09:37:00", "3", "78", "ACTIVE"],
      ["09:38:00", "null", "null", "null"],
    ]);
  });

  it("adds bounds where there are gaps, and none beside the series", async () => {
    const list: Device[] = [
      [1, "09:35:39", 74, "a"],
      [2, "09:37:39", 77, "a"],
      [3, "09:38:00", 77, "a"],
      [4, "09:40:00", 80, "a"],
    ];
    const at = times("00", "36", "37", "38", "39", "40");
    const signals = (await filled(devices(list), ", value_columns => [('signal', 'locf')]")).map(([time]) => time);
    expect(signals).toEqual(at);
    expect(await filled(devices([[1, "09:35:39", 1, "a"]]), "")).toEqual([]);
  });

  it("fills each partition from its first row to its last", async () => {
    const list: Device[] = [
      [2, "09:35:07", 87, "a"],
      [1, "09:35:26", 82, "a"],
      [2, "09:36:07", 88, "a"],
      [1, "09:37:28", 80, "a"],
    ];
    const rest = ", partitioning_columns => ['device_id'], value_columns => [('signal', 'locf')]";
    expect(await filled(devices(list), rest, "device_id, time")).toEqual([
      ["09:36:00", "1", "82"],
      ["09:37:00", "1", "82"],
      ["09:36:00", "2", "87"],
    ]);
  });

  it("counts buckets from an origin", async () => {
    const rest = ", value_columns => [('signal', 'null')], origin => DATETIME '2023-11-01 09:30:01'";
    const at = times("01", "34", "35", "36", "37", "38");
    expect(await filled(devices(BASE), rest)).toEqual(
      at.map((time, i) => [time, ["74", "null", "null", "null", "80"][i]]),
    );
  });

  it("takes dates by months, timestamps, tables of WITH and arguments by position", async () => {
    const dates = "WITH r AS (SELECT DATE '2024-01-01' AS d, 1.5 AS v UNION ALL SELECT DATE '2024-04-01', 3)";
    const monthly = "GAP_FILL(TABLE r, 'd', INTERVAL 1 MONTH, value_columns => [('v', 'locf')])";
    expect(await rows(`${dates} SELECT d, v FROM ${monthly} ORDER BY d`)).toEqual([
      ["2024-01-01", 1.5],
      ["2024-02-01", 1.5],
      ["2024-03-01", 1.5],
      ["2024-04-01", 3],
    ]);
    const stamps =
      "(SELECT TIMESTAMP '2024-01-01 00:00:00+00' AS t, NUMERIC '1' AS v UNION ALL SELECT '2024-01-03 00:00:00+00', 2)";
    const daily = `GAP_FILL(${stamps}, ts_column => 't', bucket_width => INTERVAL 1 DAY, value_columns => [('v', 'linear')])`;
    expect(await rows(`SELECT g.v FROM ${daily} AS g ORDER BY t`)).toEqual([
      ["1.000000000"],
      ["1.500000000"],
      ["2.000000000"],
    ]);
  });

  it.each([
    ["ts_column => 'nope', bucket_width => INTERVAL 1 DAY", "Column nope not found in GAP_FILL"],
    ["ts_column => 'signal', bucket_width => INTERVAL 1 DAY", "needs a DATE, DATETIME or TIMESTAMP column, not INT64"],
    ["ts_column => 'time'", "GAP_FILL needs bucket_width"],
    [`${MINUTES}, value_columns => [('state', 'linear')]`, "needs a column of numbers, not STRING"],
    [`${MINUTES}, value_columns => [('signal', 'best')]`, "not by 'best'"],
    [`${MINUTES}, value_columns => [('signal', 'null'), ('SIGNAL', 'locf')]`, "is twice in value_columns"],
    [`${MINUTES}, values => []`, "Named argument values not found in GAP_FILL"],
    [`${MINUTES}, origin => 1`, "Origin should return type DATETIME"],
  ])("refuses %s", (args, message) => {
    expect(() => translated(`SELECT * FROM GAP_FILL(${devices(BASE)}, ${args})`)).toThrow(message);
  });
});

it.each([
  "APPENDS(TABLE d.t, NULL, NULL)",
  "CHANGES(TABLE d.t, start_timestamp => NULL)",
  "VECTOR_SEARCH(TABLE d.t, 'a', top_k => 1)",
])("refuses the table function %s by name", (call) => {
  expect(() => translated(`SELECT * FROM ${call}`)).toThrow(`Function ${call.split("(")[0]}`);
});
