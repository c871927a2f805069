import { describe, expect, it } from "vitest";
import type { ColumnsRead } from "./contract.js";
import { scanQuery, scanScript } from "./index.js";

/** Of each table that a query names, which of its columns may count. */
function columnsOf(sql: string): Record<string, ColumnsRead> {
  return Object.fromEntries(scanQuery(sql).tables.map(({ path, columns }) => [path.join("."), columns]));
}

describe("the columns that a query may read", () => {
  it.each<[string, Record<string, ColumnsRead>]>([
    ["SELECT a FROM d.t", { "d.t": "named" }],
    ["SELECT COUNT(*) FROM d.t", { "d.t": "named" }],
    ["SELECT * FROM d.t", { "d.t": "passed" }],
    ["SELECT * EXCEPT (a) FROM d.t", { "d.t": "passed" }],
    ["SELECT DISTINCT * FROM d.t", { "d.t": "all" }],
    ["SELECT t.* FROM d.t AS t JOIN d.u AS u USING (id)", { "d.t": "passed", "d.u": "named" }],
    ["SELECT * FROM d.t JOIN d.u ON t.id = u.id", { "d.t": "passed", "d.u": "passed" }],
    ["SELECT * FROM (SELECT a FROM d.t)", { "d.t": "named" }],
    ["SELECT a FROM (SELECT * FROM d.t)", { "d.t": "carried" }],
    ["SELECT * FROM (SELECT * FROM d.t)", { "d.t": "passed" }],
    ["SELECT q FROM (SELECT * FROM d.t) AS q", { "d.t": "all" }],
    ["SELECT a FROM (SELECT * FROM d.t) AS q ORDER BY TO_JSON_STRING(q)", { "d.t": "all" }],
    ["WITH c AS (SELECT a FROM d.t) SELECT * FROM c", { "d.t": "named" }],
    ["WITH c AS (SELECT * FROM d.t) SELECT a FROM c", { "d.t": "carried" }],
    ["WITH c AS (SELECT * FROM d.t), e AS (SELECT * FROM c) SELECT a FROM e", { "d.t": "carried" }],
    ["WITH c AS (SELECT * FROM d.t), e AS (SELECT * FROM c) SELECT * FROM e", { "d.t": "passed" }],
    ["WITH c AS (SELECT * FROM d.t), e AS (SELECT DISTINCT * FROM c) SELECT a FROM e", { "d.t": "all" }],
    [
      "WITH c AS (SELECT * FROM d.t) SELECT a FROM c EXCEPT DISTINCT SELECT * FROM d.u",
      { "d.t": "carried", "d.u": "all" },
    ],
    ["WITH c AS (SELECT * FROM d.t) SELECT (SELECT AS STRUCT * FROM c) AS s", { "d.t": "all" }],
    ["WITH c AS (SELECT * FROM d.t) SELECT ARRAY_AGG(c) FROM c", { "d.t": "all" }],
    ["WITH c AS (SELECT * FROM d.t GROUP BY ALL) SELECT a FROM c", { "d.t": "all" }],
    ["WITH c AS (SELECT * FROM d.t ORDER BY 2 LIMIT 1) SELECT a FROM c", { "d.t": "all" }],
    ["WITH c AS (SELECT * FROM d.t UNION ALL SELECT * FROM d.u) SELECT a FROM c", { "d.t": "all", "d.u": "all" }],
    ["WITH RECURSIVE c AS (SELECT * FROM d.t UNION ALL SELECT * FROM c) SELECT a FROM c", { "d.t": "all" }],
    ["WITH c AS (SELECT * FROM d.t) SELECT a FROM ds.f(TABLE c)", { "d.t": "all" }],
    ["WITH c AS (SELECT * FROM d.t) SELECT a FROM c PIVOT (SUM(v) FOR k IN ('x'))", { "d.t": "all" }],
    ["WITH t AS (SELECT a FROM d.t) SELECT t FROM t", { "d.t": "named" }],
    ["SELECT TO_JSON_STRING(t) FROM d.t", { "d.t": "all" }],
    ["SELECT TO_JSON_STRING(T) FROM d.t AS t", { "d.t": "all" }],
    ["SELECT (SELECT TO_JSON_STRING(t)) FROM d.t", { "d.t": "all" }],
    ["SELECT (SELECT TO_JSON_STRING(t) FROM UNNEST([1]) AS t) FROM d.t", { "d.t": "named" }],
    ["SELECT e FROM d.t, t.list AS e", { "d.t": "named" }],
    ["SELECT x FROM d.u AS d JOIN (SELECT x FROM d.t) USING (x)", { "d.u": "named", "d.t": "named" }],
    ["SELECT x FROM `d.u` AS d JOIN `d.t` USING (x)", { "d.u": "named", "d.t": "named" }],
    [
      "SELECT (SELECT MAX(j) FROM UNNEST([1]) AS q, (SELECT TO_JSON_STRING(q) AS j)) FROM (SELECT * FROM d.t) AS q",
      { "d.t": "all" },
    ],
    ["SELECT (SELECT MAX(j) FROM UNNEST([1]) AS q, (SELECT TO_JSON_STRING(q) AS j)) FROM d.t AS q", { "d.t": "all" }],
    ["SELECT * FROM (SELECT 1) AS x, (SELECT a FROM d.t) AS y", { "d.t": "named" }],
    ["SELECT a FROM d.t PIVOT (SUM(v) FOR k IN ('x'))", { "d.t": "all" }],
    ["SELECT v FROM d.t UNPIVOT (v FOR k IN (a, b))", { "d.t": "all" }],
    ["FROM d.t |> WHERE a > 1 |> SELECT a", { "d.t": "named" }],
    ["FROM d.t |> WHERE a > 1", { "d.t": "all" }],
    ["SELECT a FROM d.t UNION ALL SELECT * FROM d.u", { "d.t": "named", "d.u": "all" }],
    ["SELECT a FROM d.t WHERE EXISTS (SELECT 1 FROM d.u WHERE u.id = t.id)", { "d.t": "named", "d.u": "named" }],
  ])("%s", (sql, expected) => {
    expect(columnsOf(sql)).toEqual(expected);
  });

  const listsOf = (sql: string) =>
    scanQuery(sql).listed.map(({ name, passed, names }) => `${name}${passed ? "!" : ""}: ${names.join(" ")}`);
  it.each<[string, string[]]>([
    ["SELECT a, b + c AS d FROM d.t", ["a!: a", "d!: b c d"]],
    ["SELECT DISTINCT a, b FROM d.t", []],
    ["SELECT x FROM (SELECT a AS x, b AS y FROM d.t)", ["x!: x", "x: a x", "y: b y"]],
    ["WITH c AS (SELECT a, SUM(b) AS s FROM d.t GROUP BY 1) SELECT s FROM c", ["s: b s sum", "s!: s"]],
    ["WITH c AS (SELECT a AS x FROM d.t UNION ALL SELECT b FROM d.u) SELECT x FROM c", ["x: a x", "x: b", "x!: x"]],
    [
      "WITH c AS (SELECT a, b FROM d.t), e AS (SELECT * FROM c UNION ALL SELECT a, b FROM d.u) SELECT a FROM e",
      ["a: a", "b: b", "a: a", "b: b", "a!: a"],
    ],
    [
      "WITH c AS (SELECT b, a FROM d.t), e AS (SELECT a, b FROM d.u UNION ALL SELECT * FROM c) SELECT a FROM e",
      ["a: a", "b: b", "a!: a"],
    ],
    ["FROM d.t |> AGGREGATE SUM(v) AS s GROUP BY k |> SELECT s", []],
    [
      "WITH c AS (SELECT a AS k, b AS n FROM d.u UNION ALL SELECT x AS y, COUNT(*) AS m FROM d.t GROUP BY y) SELECT n FROM c",
      ["k: a k", "n: b n", "n: count m", "n!: n"],
    ],
    [
      "WITH c AS (SELECT a, b FROM d.u UNION ALL SELECT MAX(x) AS y, z FROM d.t GROUP BY z HAVING y > 1) SELECT b FROM c",
      ["a: a", "b: b", "b!: b"],
    ],
    [
      "WITH c AS (SELECT a FROM d.u UNION ALL SELECT RANK() OVER (ORDER BY x) AS y FROM d.t QUALIFY y = 1) SELECT 1 FROM c",
      ["a: a", "undefined!: "],
    ],
    [
      "WITH v AS (SELECT AS VALUE s FROM d.t), c AS (SELECT * FROM v UNION ALL SELECT b FROM d.u) SELECT x FROM c",
      ["x!: x"],
    ],
  ])("%s may leave items of its lists unread: %j", (sql, expected) => {
    expect(listsOf(sql)).toEqual(expected);
  });

  const everyName = (sql: string) => {
    const { names, listed } = scanQuery(sql);
    return [...names, ...listed.flatMap((item) => item.names)];
  };
  it("are among the words of the text, in any spelling", () => {
    const names = everyName(
      "SELECT t.`Odd Name`, SUM(Points) OVER w FROM d.t JOIN d.u USING (ID) WINDOW w AS (ORDER BY day)",
    );
    expect(names).toEqual(expect.arrayContaining(["odd name", "points", "id", "day"]));
  });

  it("keep their letters", () => {
    const sql = "WITH c AS (SELECT a AS Straße FROM d.t) SELECT straße FROM c";
    expect(scanQuery(sql)).toMatchObject({
      listed: [
        { name: "straße", names: ["a", "straße"] },
        { name: "straße", names: ["straße"] },
      ],
    });
    expect(columnsOf("SELECT TO_JSON_STRING(straße) FROM d.t AS straße")).toEqual({ "d.t": "all" });
  });

  it("are named by every word behind a dot, reserved ones too", () => {
    expect(everyName("SELECT s.group, s.end FROM d.t AS s")).toEqual(expect.arrayContaining(["group", "end"]));
    expect(everyName("SELECT a FROM d.t GROUP BY a")).not.toContain("group");
  });
});

it("takes a table that is read as it was, or in part, for one in whose place nothing can stand, and its rows for others each time", () => {
  const fixed = (sql: string) => {
    const { tables, volatileCalls } = scanQuery(sql);
    return [tables.map(({ isFixed }) => isFixed === true), volatileCalls.map(({ functionName }) => functionName)];
  };
  expect(fixed("SELECT t.a FROM d.t AS t FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01' JOIN d.u USING (a)")).toEqual([
    [true, false],
    ["FOR SYSTEM_TIME AS OF"],
  ]);
  const earlier = "TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)";
  expect(fixed(`SELECT a FROM d.t FOR SYSTEM_TIME AS OF ${earlier}`)).toEqual([
    [true],
    ["FOR SYSTEM_TIME AS OF", "CURRENT_TIMESTAMP"],
  ]);
  expect(fixed("SELECT a FROM d.t TABLESAMPLE SYSTEM (1 PERCENT)")).toEqual([[true], ["TABLESAMPLE"]]);
});

it("takes a weekday of a part of dates for no function of the user", () => {
  const { userCalls } = scanQuery(
    "SELECT DATE_TRUNC(a, WEEK(MONDAY)), EXTRACT(week(sunday) FROM a), WEEK(b), WEEK(a, b)",
  );
  expect(userCalls).toEqual(["WEEK"]);
  expect(scanQuery("SELECT DATE_DIFF(a, b, WEEK(TUESDAY)) FROM d.t").userCalls).toEqual([]);
});

describe("a call whose value differs between runs", () => {
  const columnsOf = (sql: string) => scanQuery(sql).volatileCalls.map(({ outputColumn }) => outputColumn);

  it.each<[string, (string | undefined)[]]>([
    ["SELECT 1 AS a, CURRENT_TIMESTAMP() AS made FROM d.t", ["made"]],
    ["SELECT 1 AS a, x AS b FROM d.t UNION ALL SELECT CURRENT_TIMESTAMP(), x FROM d.u", ["a"]],
    ["SELECT *, x FROM d.t UNION ALL SELECT y, CURRENT_TIMESTAMP() AS x FROM d.u", [undefined]],
    ["SELECT a, b FROM d.t UNION ALL SELECT u.*, CURRENT_TIMESTAMP() FROM d.u AS u", [undefined]],
    ["SELECT a FROM (SELECT RAND() AS a)", [undefined]],
    ["SELECT 1 AS a, @@script.job_id AS job, @@project_id AS project FROM d.t", ["job"]],
  ])("%s lands in %j", (sql, columns) => {
    expect(columnsOf(sql)).toEqual(columns);
  });
});

describe("what a script writes", () => {
  const writes = (sql: string) => scanScript(sql).writes.map(({ path, does }) => `${does} ${path.join(".")}`);

  it.each<[string, string[]]>([
    ["CREATE OR REPLACE TABLE d.a AS SELECT 1 AS x; INSERT INTO d.a VALUES (2)", ["makes d.a"]],
    ["INSERT INTO p.d.log SELECT x FROM d.t", ["changes p.d.log"]],
    ["IF TRUE THEN UPDATE d.t SET x = 1 WHERE TRUE; ELSE DROP TABLE d.u; END IF", ["changes d.t", "drops d.u"]],
    ["CREATE TEMP TABLE t AS SELECT 1 AS x; INSERT INTO t VALUES (2)", []],
    ["MERGE d.t AS t USING d.s AS s ON t.x = s.x WHEN MATCHED THEN DELETE", ["changes d.t"]],
    ["CREATE SCHEMA IF NOT EXISTS d; CREATE VIEW d.v AS SELECT 1 AS x", ["makes d.v"]],
    ["CREATE TABLE d.n AS SELECT 1 AS x; ALTER TABLE d.n RENAME TO t", ["makes d.n", "makes d.t"]],
    ["ALTER TABLE d.n RENAME TO t", ["changes d.n", "changes d.t"]],
    ["CREATE TABLE d.t CLONE d.s", ["makes d.t"]],
  ])("%s", (sql, expected) => {
    expect(writes(sql)).toEqual(expected);
  });
});

describe("what a script reads and calls", () => {
  const reads = (sql: string) => scanScript(sql).tables.map((path) => path.join("."));

  it("counts tables that it copies", () => {
    expect(reads("CREATE TABLE d.a CLONE d.s; CREATE TABLE d.b COPY p.d.u; CREATE TABLE d.c LIKE d.v")).toEqual([
      "d.s",
      "p.d.u",
      "d.v",
    ]);
  });

  it("knows the text of a procedure that it creates, and names those that it calls", () => {
    const { routines, procedureCalls, dynamic } = scanScript(
      "CREATE PROCEDURE d.p(x INT64) BEGIN INSERT INTO d.log SELECT n FROM d.t; CALL d.q(); END; CALL `p.d.p`(1)",
    );
    expect([procedureCalls, dynamic]).toEqual([["p.d.p"], false]);
    const [body] = routines[0]?.bodies ?? [];
    expect(body).toMatchObject({ tables: [["d", "t"]], procedureCalls: ["d.q"], dynamic: false });
    expect(body?.writes.map(({ path }) => path.join("."))).toEqual(["d.log"]);
  });

  it("takes tables that a table function is given for no tables", () => {
    const [routine] = scanScript(
      "CREATE TABLE FUNCTION d.f(t TABLE<k INT64>) AS SELECT k FROM t JOIN d.u USING (k)",
    ).routines;
    expect(routine?.tables.map((path) => path.join("."))).toEqual(["d.u"]);
  });
});
