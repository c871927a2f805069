import { describe, expect, it } from "vitest";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, failure, warehouse } =
  scriptsOn(`CREATE SCHEMA d; CREATE TABLE d.t AS SELECT * FROM UNNEST([STRUCT('a' AS k, 1 AS n, 1.5 AS f), ('a', 3, 2.5), ('b', 5, NULL)]);
    CREATE AGGREGATE FUNCTION d.scaled_sum(dividend FLOAT64, divisor FLOAT64 NOT AGGREGATE) RETURNS FLOAT64 AS (SUM(dividend) / divisor);
    CREATE AGGREGATE FUNCTION d.spread(x INT64) AS (MAX(x) - MIN(x))`);

describe("aggregate functions of the user", () => {
  it("aggregate in the query that calls them, with groups, HAVING and ORDER BY", async () => {
    expect(await rows("SELECT d.scaled_sum(n, 2), d.spread(n) FROM d.t")).toEqual([[4.5, 4n]]);
    expect(
      await rows("SELECT k, d.spread(n) AS s FROM d.t GROUP BY k HAVING d.spread(n) >= 0 ORDER BY d.spread(n) DESC"),
    ).toEqual([
      ["a", 2n],
      ["b", 0n],
    ]);
    expect(await rows("SELECT k FROM d.t GROUP BY 1 HAVING d.scaled_sum(n + f, 2) > 1")).toEqual([["a"]]);
    expect(await rows("SELECT d.spread(n) FROM d.t WHERE FALSE")).toEqual([[null]]);
  });

  it("coerce their arguments and their result as declared", async () => {
    expect(
      await rows(
        "CREATE TEMP AGGREGATE FUNCTION total(x NUMERIC) RETURNS FLOAT64 AS (SUM(x)); SELECT total(n) / 2 FROM d.t",
      ),
    ).toEqual([[4.5]]);
    expect(
      await rows(
        "CREATE TEMP AGGREGATE FUNCTION firsts(x ANY TYPE) AS (ARRAY_AGG(x ORDER BY x LIMIT 2)); SELECT firsts(n), firsts(k) FROM d.t",
      ),
    ).toEqual([
      [
        [1n, 3n],
        ["a", "a"],
      ],
    ]);
    expect(
      await rows(
        "CREATE TEMP AGGREGATE FUNCTION parts(s STRUCT<a INT64, b INT64>) AS (SUM(s.a * s.b)); SELECT parts(STRUCT(n, 2)) FROM d.t",
      ),
    ).toEqual([[18n]]);
  });

  it("call each other, and are called by table functions, views, changes of rows and variables", async () => {
    await warehouse().script(`CREATE AGGREGATE FUNCTION d.twice(x INT64) AS (2 * d.spread(x));
      CREATE TABLE FUNCTION d.spreads(least INT64) AS SELECT k, d.twice(n) AS s FROM d.t WHERE n >= least GROUP BY k;
      CREATE VIEW d.v AS SELECT d.twice(n) AS s FROM d.t;
      CREATE FUNCTION d.over_all() AS ((SELECT d.spread(n) FROM d.t));
      CREATE TABLE d.kept AS SELECT 0 AS s; INSERT INTO d.kept SELECT d.twice(n) FROM d.t; UPDATE d.kept SET s = (SELECT d.spread(n) FROM d.t) WHERE s = 0`);
    expect(await rows("SELECT s FROM d.spreads(1) ORDER BY k")).toEqual([[4n], [0n]]);
    expect(await rows("SELECT s, d.over_all() FROM d.v")).toEqual([[8n, 4n]]);
    expect(await rows("SELECT s FROM d.kept ORDER BY s")).toEqual([[4n], [8n]]);
    expect(
      await rows(
        "DECLARE scale FLOAT64 DEFAULT 3; DECLARE x FLOAT64; SET x = (SELECT d.scaled_sum(n, scale) FROM d.t); SELECT x",
      ),
    ).toEqual([[3]]);
    expect(await rows("DROP FUNCTION d.twice; SELECT 1")).toEqual([[1n]]);
  });

  it.each([
    ["SELECT d.spread(k) FROM d.t", "Argument x of aggregate function d.spread"],
    ["SELECT d.spread(n, 1) FROM d.t", "No matching signature for aggregate function d.spread"],
    ["SELECT d.scaled_sum(n, n + 1) FROM d.t", "Argument divisor of d.scaled_sum is NOT AGGREGATE"],
    ["SELECT d.spread(DISTINCT n) FROM d.t", "DISTINCT is not supported in calls to D.SPREAD"],
    ["SELECT d.spread(n) OVER () FROM d.t", "does not support OVER"],
    ["SELECT SUM(d.spread(n)) FROM d.t", "Aggregations of aggregations are not allowed"],
    ["SELECT k FROM d.t WHERE d.spread(n) > 1", "not allowed in WHERE clause"],
    ["CREATE TEMP AGGREGATE FUNCTION f(x INT64) AS (x + 1); SELECT 1", "x"],
    ["CREATE TEMP AGGREGATE FUNCTION f(x STRING) AS (SUM(x)); SELECT 1", "No matching signature"],
    ["CREATE TEMP AGGREGATE FUNCTION f(x INT64) RETURNS DATE AS (SUM(x)); SELECT 1", "The body of function f"],
    ["CREATE TEMP FUNCTION f(x INT64 NOT AGGREGATE) AS (x); SELECT 1", "Syntax error"],
  ])("are refused where they are wrong: %s", async (sql, message) => {
    expect(await failure(sql)).toContain(message);
  });
});

describe("tables as arguments of table functions", () => {
  it("are given as tables or queries, with more columns than asked for, in any order", async () => {
    await warehouse().script(`CREATE TABLE FUNCTION d.sums(given TABLE<n FLOAT64, k STRING>, least INT64) AS
      SELECT k, SUM(n) AS total FROM given WHERE n >= least GROUP BY k`);
    expect(await rows("SELECT * FROM d.sums(TABLE d.t, 2) ORDER BY k")).toEqual([
      ["a", 3],
      ["b", 5],
    ]);
    expect(await rows("SELECT s.total FROM d.sums((SELECT 'x' AS k, 7 AS n, TRUE AS more), 0) AS s")).toEqual([[7]]);
    expect(
      await rows(
        "WITH own AS (SELECT 'y' AS k, 9 AS n) SELECT a.total, b.total FROM d.sums(TABLE own, 0) AS a, d.sums(TABLE d.t, 4) AS b",
      ),
    ).toEqual([[9, 5]]);
  });

  it.each([
    ["SELECT * FROM d.sums(1, 2)", "must be a table"],
    ["SELECT * FROM d.sums(TABLE d.t)", "No matching signature"],
    ["SELECT * FROM d.sums((SELECT 1 AS n), 2)", "has no column k"],
    ["SELECT * FROM d.sums((SELECT 'a' AS n, 'b' AS k), 2)", "column n is STRING, but must be FLOAT64"],
    ["CREATE TEMP FUNCTION f(x TABLE<n INT64>) AS (1); SELECT 1", "Only a table function takes a table"],
    ["CREATE TABLE FUNCTION d.wrong(x TABLE<n INT64>) AS SELECT m FROM x; SELECT 1", "m"],
  ])("are refused where they are wrong: %s", async (sql, message) => {
    expect(await failure(sql)).toContain(message);
  });
});
