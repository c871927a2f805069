import { describe, expect, it } from "vitest";
import { scanQuery, scanScript } from "./index.js";

/** Of each table that a query names, whether every column of it may count. */
function wholeTables(sql: string): Record<string, boolean> {
  return Object.fromEntries(scanQuery(sql).tables.map(({ path, whole }) => [path.join("."), whole]));
}

describe("the columns that a query may read", () => {
  it.each<[string, Record<string, boolean>]>([
    ["SELECT a FROM d.t", { "d.t": false }],
    ["SELECT COUNT(*) FROM d.t", { "d.t": false }],
    ["SELECT * FROM d.t", { "d.t": true }],
    ["SELECT * EXCEPT (a) FROM d.t", { "d.t": true }],
    ["SELECT t.* FROM d.t AS t JOIN d.u AS u USING (id)", { "d.t": true, "d.u": false }],
    ["SELECT * FROM d.t JOIN d.u ON t.id = u.id", { "d.t": true, "d.u": true }],
    ["SELECT * FROM (SELECT a FROM d.t)", { "d.t": false }],
    ["WITH c AS (SELECT a FROM d.t) SELECT * FROM c", { "d.t": false }],
    ["WITH t AS (SELECT a FROM d.t) SELECT t FROM t", { "d.t": false }],
    ["SELECT TO_JSON_STRING(t) FROM d.t", { "d.t": true }],
    ["SELECT TO_JSON_STRING(T) FROM d.t AS t", { "d.t": true }],
    ["SELECT (SELECT TO_JSON_STRING(t)) FROM d.t", { "d.t": true }],
    ["SELECT (SELECT TO_JSON_STRING(t) FROM UNNEST([1]) AS t) FROM d.t", { "d.t": false }],
    ["SELECT e FROM d.t, t.list AS e", { "d.t": false }],
    ["SELECT * FROM (SELECT 1) AS x, (SELECT a FROM d.t) AS y", { "d.t": false }],
    ["SELECT a FROM d.t PIVOT (SUM(v) FOR k IN ('x'))", { "d.t": true }],
    ["SELECT v FROM d.t UNPIVOT (v FOR k IN (a, b))", { "d.t": true }],
    ["FROM d.t |> WHERE a > 1 |> SELECT a", { "d.t": false }],
    ["FROM d.t |> WHERE a > 1", { "d.t": true }],
    ["SELECT a FROM d.t UNION ALL SELECT * FROM d.u", { "d.t": false, "d.u": true }],
    ["SELECT a FROM d.t WHERE EXISTS (SELECT 1 FROM d.u WHERE u.id = t.id)", { "d.t": false, "d.u": false }],
  ])("%s", (sql, expected) => {
    expect(wholeTables(sql)).toEqual(expected);
  });

  it("are among the words of the text, in any spelling", () => {
    const { names } = scanQuery(
      "SELECT t.`Odd Name`, SUM(Points) OVER w FROM d.t JOIN d.u USING (ID) WINDOW w AS (ORDER BY day)",
    );
    expect(names).toEqual(expect.arrayContaining(["odd name", "points", "id", "day"]));
  });

  it("are named by every word behind a dot, reserved ones too", () => {
    expect(scanQuery("SELECT s.group, s.end FROM d.t AS s").names).toEqual(expect.arrayContaining(["group", "end"]));
    expect(scanQuery("SELECT a FROM d.t GROUP BY a").names).not.toContain("group");
  });
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
