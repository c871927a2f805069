import { expect, it } from "vitest";
import { scanQuery } from "../googlesql/index.js";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows, translated } = queriesOnEngine();

async function answer(query: string): Promise<Record<string, unknown>[]> {
  const { columns } = translated(query);
  return (await rows(query)).map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])));
}

const T = "FROM (SELECT 1 AS a, 2 AS u) AS t";
const JOINED = "FROM (SELECT 1 AS x, 'p' AS k) AS a JOIN (SELECT 1 AS x, 5 AS v) AS b USING (x)";

it.each([
  [`${T} |> SET a = a + 100 |> SELECT a, t.a AS old`, { a: 101, old: "1" }],
  [`${T} |> SET a = 7 |> SET a = t.a + 10 |> SELECT a, t.a AS old`, { a: 11, old: 1 }],
  [`${T} |> EXTEND a * 2 AS u2 |> SELECT t.*, u2`, { a: 1, u: 2, u2: 2 }],
  [`${T} |> DROP a |> EXTEND t.a AS old`, { u: 2, old: 1 }],
  [`${T} |> DROP a`, { u: 2 }],
  [`${T} |> DROP a |> WHERE t.a = 1 |> ORDER BY t.a |> LIMIT 1`, { u: 2 }],
  [`${T} |> RENAME a AS b |> SELECT b, t.a`, { b: 1, a: 1 }],
  [`${T} |> SET a = 5 |> AS t |> SELECT t.a`, { a: 5 }],
  [`${T} |> SET a = 5 |> DISTINCT |> SELECT t.u, a`, { u: 2, a: 5 }],
  [`${T} |> SET a = 5 |> EXTEND TO_JSON_STRING(t) AS whole`, { a: 5, u: 2, whole: '{"a":1,"u":2}' }],
  [`${T} |> EXTEND 3 AS b |> CROSS JOIN UNNEST([t.a + 10]) AS e |> SELECT e`, { e: 11 }],
  [`${T} |> SET a = 9 |> EXTEND (SELECT t.a + s.a FROM (SELECT 1 AS a) AS s) AS c`, { a: 9, u: 2, c: 2 }],
  ["FROM (SELECT 1 AS t, 2 AS b) AS t |> SET t = 5 |> SELECT t", { t: 5 }],
  ["FROM UNNEST([1, 2, 3]) AS x |> EXTEND 5 AS y |> WHERE x > 2 |> SELECT x, y", { x: 3, y: 5 }],
  ["FROM UNNEST([1, 2]) AS x |> EXTEND x AS y |> AGGREGATE SUM(x + y) AS s", { s: 6 }],
  ["FROM UNNEST([7]) AS x WITH OFFSET AS o |> SET x = 1 |> SELECT x, o", { x: 1, o: 0 }],
  [
    "FROM UNNEST([STRUCT(1 AS a)]) AS x |> EXTEND 2 AS b |> SELECT x.a, b, TO_JSON_STRING(x) AS j",
    { a: 1, b: 2, j: '{"a":1}' },
  ],
  [`${JOINED} |> EXTEND 1 AS one |> AGGREGATE SUM(b.v) AS s GROUP BY a.k`, { k: "p", s: 5 }],
  [
    `${JOINED} |> WHERE TRUE |> EXTEND b.x AS bx |> JOIN (SELECT 5 AS v, 'q' AS w) AS c ON c.v = b.v |> SELECT w, bx`,
    { w: "q", bx: 1 },
  ],
])("%s", async (query, expected) => {
  const stringified = Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, String(value)]));
  const [row = {}] = await answer(query);
  expect(Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value)]))).toEqual(stringified);
});

it("chooses rows by windows", async () => {
  const windows = "FROM UNNEST([1, 2, 3]) AS x |> WHERE x > 1 |> WHERE ROW_NUMBER() OVER (ORDER BY x) = 1 AND x < 9";
  expect(await answer(windows)).toEqual([{ x: "2" }]);
  expect(await answer(`${windows} |> EXTEND 1 AS y |> SELECT x`)).toEqual([{ x: "2" }]);
});

it.each([
  [`${T} |> SELECT SUM(a)`, "Aggregate function SUM not allowed in pipe SELECT"],
  [`${T} |> SELECT SUM(SUM(a)) OVER ()`, "Aggregate function SUM not allowed in pipe SELECT"],
  [`${T} |> EXTEND 1 + COUNT(*)`, "Aggregate function COUNT(*) not allowed in pipe EXTEND"],
  [`${T} |> SET a = MAX(a)`, "Aggregate function MAX not allowed in pipe SET"],
  [`${T} |> SET a = 1, A = 2`, "Duplicate column name in pipe SET: A"],
  [`${T} |> SET b = 1`, "Column name in pipe SET not found in input table: b"],
  [
    `${T} CROSS JOIN (SELECT 3 AS a) AS s |> SET a = 1`,
    "Column name in pipe SET exists more than once in input table: a",
  ],
  [`${T} |> DROP nope`, "Column name in pipe DROP not found in input table: nope"],
  [`${T} |> SELECT a |> SELECT t.a`, "Unrecognized name: t"],
  [`${T} |> AS s |> SELECT t.a`, "Unrecognized name: t"],
  [`${T} |> SET a = 5 |> DISTINCT |> SELECT t.a`, "Name a not found inside t"],
])("refuses %s", (query, message) => {
  expect(() => translated(query)).toThrow(message);
});

it("tells arrays of the original rows from tables", () => {
  const { tables } = scanQuery("FROM d.t |> EXTEND 1 AS b |> WHERE b = 1 |> CROSS JOIN t.arr AS e |> SELECT e");
  expect(tables.map(({ path }) => path.join("."))).toEqual(["d.t"]);
});
