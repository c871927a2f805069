import { expect, it } from "vitest";
import { scanQuery } from "../../googlesql/index.js";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, failure } = scriptsOn(`CREATE SCHEMA d;
  CREATE TABLE d.big AS SELECT x FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS x;
  CREATE TABLE FUNCTION d.times(t TABLE<x INT64>, m INT64) AS SELECT x * m AS x FROM t;
  CREATE TABLE FUNCTION d.above(low INT64, t TABLE<x INT64>) AS SELECT x FROM t WHERE x > low;
  CREATE TABLE FUNCTION d.plain(m INT64) AS SELECT m AS x`);

const ONE = "(SELECT 1 AS id, 'a' AS item UNION ALL SELECT 2, 'b')";

/** What the page of pipe syntax says of operators, https://cloud.google.com/bigquery/docs/reference/standard-sql/pipe-syntax. */
it.each([
  [`${ONE} AS q |> JOIN (SELECT 2 AS id, 'y' AS c) AS r ON q.id = r.id |> SELECT q.item, c`, [["b", "y"]]],
  [`${ONE} q |> WHERE q.id = 2 |> SELECT q.item`, [["b"]]],
  [`WITH o AS ${ONE} (FROM o) AS q |> WHERE q.id = 1 |> SELECT q.item`, [["a"]]],
  [
    "SELECT 1 AS k |> WITH t AS (SELECT 2), u AS (SELECT 3), |> UNION ALL (FROM t), (FROM u) |> AGGREGATE SUM(k)",
    [[6n]],
  ],
  ["FROM d.big |> TABLESAMPLE SYSTEM (100 PERCENT) |> AGGREGATE COUNT(*)", [[1000n]]],
  ["FROM d.big AS b |> TABLESAMPLE SYSTEM (100 PERCENT) |> WHERE b.x = 7", [[7n]]],
  ["FROM d.big |> WHERE x = 3 |> CALL d.times(2) |> CALL d.above(5)", [[6n]]],
  ["FROM d.big |> WHERE x = 3 |> CALL d.times(m => 2) AS t |> SELECT t.x + 1", [[7n]]],
  ["FROM d.big |> WHERE x < 4 |> CALL d.above(low => 2)", [[3n]]],
  [
    "SELECT 1 AS k, RANGE<DATE> '[2024-01-01, 2024-01-05)' AS p |> CALL RANGE_SESSIONIZE('p', ['k']) |> SELECT k, FORMAT('%t', session_range)",
    [[1n, "[2024-01-01, 2024-01-05)"]],
  ],
  [
    `SELECT DATETIME '2024-01-01 00:00:00' AS t, 1 AS v UNION ALL SELECT '2024-01-01 00:02:00', 5
     |> CALL GAP_FILL(ts_column => 't', bucket_width => INTERVAL 1 MINUTE, value_columns => [('v', 'locf')])
     |> WHERE EXTRACT(MINUTE FROM t) = 1 |> SELECT v`,
    [[1n]],
  ],
])("%s", async (query, expected) => {
  expect(await rows(query)).toEqual(expected);
});

it.each([
  ["FROM d.big |> WHERE x = 1 |> TABLESAMPLE SYSTEM (1 PERCENT)", "TABLESAMPLE SYSTEM can only be applied directly"],
  ["FROM d.big |> CALL d.plain(1)", "Function d.plain takes no table, and a pipe cannot call it [at 1:20]"],
  [`${ONE} AS q`, "Expected end of input but got keyword AS"],
])("%s fails", async (query, message) => {
  expect(await failure(query)).toContain(message);
});

it("reads the table that a pipe gives to a function", () => {
  const { tables, userCalls } = scanQuery("FROM d.big |> CALL d.times(2)");
  expect([tables.map(({ path }) => path.join(".")), [...userCalls]]).toEqual([["d.big"], ["d.times"]]);
});
