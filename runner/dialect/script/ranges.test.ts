import { afterAll, beforeAll, expect, it } from "vitest";
import { openScratchWarehouse } from "../../engines/duckdb/warehouse.js";
import type { SqlValue } from "../../port/port.js";

/** Expected values: the examples of https://cloud.google.com/bigquery/docs/reference/standard-sql/range-functions and edges around them. */
const warehouse = await openScratchWarehouse();
beforeAll(async () => {
  await warehouse.script(`CREATE SCHEMA d;
    CREATE TABLE d.r (id INT64, day RANGE<DATE>, span RANGE<TIMESTAMP>, days ARRAY<RANGE<DATE>>);
    INSERT INTO d.r VALUES
      (1, RANGE<DATE> '[2024-01-01, 2024-01-03)', RANGE(TIMESTAMP '2024-01-01 09:00:00+00', NULL), [RANGE(DATE '2024-01-01', NULL)]),
      (2, RANGE<DATE> '[UNBOUNDED, 2024-01-03)', NULL, []),
      (3, NULL, NULL, NULL)`);
});
afterAll(() => warehouse.close());

async function rows(sql: string): Promise<readonly (readonly SqlValue[])[]> {
  return (await warehouse.script(sql)).rows?.rows ?? [];
}

it.each<[string, SqlValue]>([
  ["RANGE(DATE '2022-12-01', DATE '2022-12-31')", "[2022-12-01, 2022-12-31)"],
  ["RANGE(NULL, DATE '2022-12-31')", "[UNBOUNDED, 2022-12-31)"],
  ["RANGE('2022-12-01', DATE '2022-12-31')", "[2022-12-01, 2022-12-31)"],
  [
    "RANGE(DATETIME '2022-10-01 14:53:27', DATETIME '2022-10-01 16:00:00')",
    "[2022-10-01T14:53:27, 2022-10-01T16:00:00)",
  ],
  [
    "RANGE(TIMESTAMP '2022-10-01 14:53:27+00', TIMESTAMP '2022-10-01 16:00:00.5+00')",
    "[2022-10-01T14:53:27+00:00, 2022-10-01T16:00:00.5+00:00)",
  ],
  ["RANGE<DATE> '[unbounded, NULL)'", "[UNBOUNDED, UNBOUNDED)"],
  ["RANGE_START(RANGE<DATE> '[2022-12-01, 2022-12-31)')", "2022-12-01"],
  ["RANGE_START(RANGE<DATE> '[UNBOUNDED, 2022-12-31)')", null],
  ["RANGE_END(RANGE<DATE> '[2022-12-01, UNBOUNDED)')", null],
  ["RANGE_CONTAINS(RANGE<DATE> '[2022-01-01, 2023-01-01)', RANGE<DATE> '[2022-04-01, 2022-07-01)')", true],
  ["RANGE_CONTAINS(RANGE<DATE> '[2022-01-01, 2022-07-01)', RANGE<DATE> '[2022-04-01, 2023-01-01)')", false],
  ["RANGE_CONTAINS(RANGE<DATE> '[2022-01-01, UNBOUNDED)', RANGE<DATE> '[2022-04-01, UNBOUNDED)')", true],
  ["RANGE_CONTAINS(RANGE<DATE> '[2022-01-01, 2023-01-01)', DATE '2022-01-01')", true],
  ["RANGE_CONTAINS(RANGE<DATE> '[2022-01-01, 2023-01-01)', DATE '2023-01-01')", false],
  ["RANGE_OVERLAPS(RANGE<DATE> '[2022-01-01, 2022-04-01)', RANGE<DATE> '[2022-04-01, 2022-07-01)')", false],
  ["RANGE_OVERLAPS(RANGE<DATE> '[UNBOUNDED, 2022-04-02)', RANGE<DATE> '[2022-04-01, UNBOUNDED)')", true],
  [
    "RANGE_INTERSECT(RANGE<DATE> '[2022-02-01, UNBOUNDED)', RANGE<DATE> '[2021-06-15, 2022-04-15)')",
    "[2022-02-01, 2022-04-15)",
  ],
  ["RANGE_INTERSECT(NULL, RANGE<DATE> '[2021-06-15, 2022-04-15)')", null],
  ["ARRAY_LENGTH(GENERATE_RANGE_ARRAY(RANGE<DATE> '[2020-01-01, 2020-01-06)', INTERVAL 1 DAY))", 5n],
  ["CAST('[2024-01-01, 2024-01-02)' AS RANGE<DATE>)", "[2024-01-01, 2024-01-02)"],
  ["CAST(RANGE<DATE> '[2024-01-01, UNBOUNDED)' AS STRING)", "[2024-01-01, UNBOUNDED)"],
  ["SAFE_CAST('[2024-01-02, 2024-01-01)' AS RANGE<DATE>)", null],
  ["TO_JSON_STRING(RANGE<DATE> '[2024-07-24, UNBOUNDED)')", '{"start":"2024-07-24","end":null}'],
  ["RANGE<DATE> '[UNBOUNDED, 2024-01-02)' < RANGE<DATE> '[0001-01-01, 2024-01-02)'", true],
  ["RANGE<DATE> '[2024-01-01, 2024-01-02)' < RANGE<DATE> '[2024-01-01, UNBOUNDED)'", true],
])("%s is %s", async (expression, expected) => {
  expect(await rows(`SELECT ${expression} AS v`)).toEqual([[expected]]);
});

it.each<[string, SqlValue]>([
  ["INTERVAL 2 DAY", ["[2020-01-01, 2020-01-03)", "[2020-01-03, 2020-01-05)", "[2020-01-05, 2020-01-06)"]],
  ["INTERVAL 2 DAY, FALSE", ["[2020-01-01, 2020-01-03)", "[2020-01-03, 2020-01-05)"]],
  ["INTERVAL 1 MONTH", ["[2020-01-01, 2020-01-06)"]],
])("steps of %s split a range", async (step, expected) => {
  expect(await rows(`SELECT GENERATE_RANGE_ARRAY(RANGE(DATE '2020-01-01', DATE '2020-01-06'), ${step})`)).toEqual([
    [expected],
  ]);
});

it("keeps the day of the month through steps of months", async () => {
  const sql = "SELECT GENERATE_RANGE_ARRAY(RANGE(DATE '2020-01-31', DATE '2020-05-01'), INTERVAL 1 MONTH)";
  const pieces = ["[2020-01-31, 2020-02-29)", "[2020-02-29, 2020-03-31)", "[2020-03-31, 2020-04-30)"];
  expect(await rows(sql)).toEqual([[[...pieces, "[2020-04-30, 2020-05-01)"]]]);
});

it.each([
  ["SELECT RANGE(DATE '2024-01-02', DATE '2024-01-02')", "Range start element must be smaller than range end element"],
  ["SELECT RANGE<DATE> '2024-01-02'", "Invalid RANGE value: 2024-01-02"],
  ["SELECT RANGE(1, 2)", "No matching signature for function RANGE for argument types: INT64, INT64"],
  ["SELECT CAST('x' AS RANGE<INT64>)", "RANGE needs elements of DATE, DATETIME or TIMESTAMP"],
  [
    "SELECT RANGE_INTERSECT(RANGE<DATE> '[2022-02-01, 2022-02-02)', RANGE<DATE> '[2021-06-15, 2022-01-15)')",
    "do not overlap",
  ],
  ["SELECT GENERATE_RANGE_ARRAY(RANGE(DATE '2020-01-01', NULL), INTERVAL 1 DAY)", "unbounded ends"],
  ["SELECT GENERATE_RANGE_ARRAY(RANGE(DATE '2020-01-01', DATE '2020-01-02'), INTERVAL 0 DAY)", "greater than zero"],
  [
    "SELECT * FROM RANGE_SESSIONIZE(TABLE d.r, 'dy', ['id'])",
    "Column dy not found in RANGE_SESSIONIZE; Did you mean day?",
  ],
  ["SELECT * FROM RANGE_SESSIONIZE(TABLE d.r, 'id', ['id'])", "RANGE_SESSIONIZE needs a RANGE column, not INT64"],
  ["SELECT * FROM RANGE_SESSIONIZE(TABLE d.r, 'day', ['id'], 'TOUCHES')", "must be 'MEETS' or 'OVERLAPS'"],
])("%s fails", async (sql, message) => {
  await expect(warehouse.script(sql)).rejects.toThrow(message);
});

it("stores ranges, alone and in arrays", async () => {
  const { columns, rows: stored } = (await warehouse.script("SELECT * FROM d.r ORDER BY id")).rows ?? {
    columns: [],
    rows: [],
  };
  expect(columns.map(({ type }) => type)).toEqual([
    "INT64",
    "RANGE<DATE>",
    "RANGE<TIMESTAMP>",
    { kind: "array", element: "RANGE<DATE>" },
  ]);
  expect(stored).toEqual([
    [1n, "[2024-01-01, 2024-01-03)", "[2024-01-01T09:00:00+00:00, UNBOUNDED)", ["[2024-01-01, UNBOUNDED)"]],
    [2n, "[UNBOUNDED, 2024-01-03)", null, []],
    [3n, null, null, []],
  ]);
});

it("orders ranges by their start, then by their end, with unbounded ones outermost", async () => {
  const sql = `SELECT CAST(r AS STRING) FROM UNNEST([RANGE(DATE '2024-01-01', NULL), RANGE(NULL, DATE '2024-01-01'),
    RANGE(DATE '2024-01-01', DATE '2024-01-02')]) AS r ORDER BY r`;
  expect((await rows(sql)).flat()).toEqual([
    "[UNBOUNDED, 2024-01-01)",
    "[2024-01-01, 2024-01-02)",
    "[2024-01-01, UNBOUNDED)",
  ]);
});

it("makes sessions of ranges that meet, each key for itself, and none of a NULL", async () => {
  const table = `SELECT * FROM UNNEST([STRUCT('a' AS who, RANGE<DATE> '[2024-01-01, 2024-01-03)' AS day),
    ('a', RANGE<DATE> '[2024-01-03, 2024-01-05)'), ('a', RANGE<DATE> '[2024-01-02, 2024-01-03)'),
    ('b', RANGE<DATE> '[2024-01-04, UNBOUNDED)'), ('b', NULL)])`;
  const sessions = async (option: string) =>
    rows(
      `SELECT s.who, s.day, session_range FROM RANGE_SESSIONIZE((${table}), 'day', ['who']${option}) AS s ORDER BY 1, 2`,
    );
  const [first, second, third] = ["[2024-01-01, 2024-01-03)", "[2024-01-02, 2024-01-03)", "[2024-01-03, 2024-01-05)"];
  const ofB = [
    ["b", null, null],
    ["b", "[2024-01-04, UNBOUNDED)", "[2024-01-04, UNBOUNDED)"],
  ];
  const whole = "[2024-01-01, 2024-01-05)";
  expect(await sessions("")).toEqual([["a", first, whole], ["a", second, whole], ["a", third, whole], ...ofB]);
  expect(await sessions(", 'OVERLAPS'")).toEqual([
    ["a", first, first],
    ["a", second, first],
    ["a", third, third],
    ...ofB,
  ]);
});
