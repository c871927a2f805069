import { afterAll, beforeAll, expect, it } from "vitest";
import { openScratchWarehouse } from "../../engines/duckdb/warehouse.js";
import type { Warehouse } from "../../port/port.js";
import { runScript } from "../../server/run-script.js";

// What the reference computes of collations is in the goldens; here is what it does not compute, and what is refused.

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await openScratchWarehouse();
});
afterAll(() => warehouse.close());

const rowsOf = async (sql: string) => (await warehouse.script(sql)).rows?.rows;

it.each([
  ["NULLIF(COLLATE('a', 'und:ci'), 'A')", null],
  ["COLLATE('GooGle', 'und:ci') LIKE 'goo%'", true],
  ["'GooGle' NOT LIKE COLLATE('goo%', 'und:ci')", false],
  ["'Google' LIKE 'goo%'", false],
  ["COLLATE('Apple', '') = 'apple'", false],
  ["COLLATE(CAST(NULL AS STRING), 'und:ci') = 'a'", null],
  ["COLLATE('a\\u2060b', 'und:ci') = 'AB'", true],
])("%s", async (expression, value) => {
  expect(await rowsOf(`SELECT ${expression}`)).toEqual([[value]]);
});

const LETTERS = "UNNEST([STRUCT(COLLATE('B', 'und:ci') AS x, 1 AS n), ('b', 2), ('a', 3)])";

it.each([
  ["joins with USING", `SELECT n, m FROM ${LETTERS} JOIN (SELECT 'b' AS x, 7 AS m) USING (x) ORDER BY n`, "1 7, 2 7"],
  [
    "joins FULL with USING",
    `SELECT UPPER(x), n, m FROM ${LETTERS} FULL JOIN (SELECT x, m FROM UNNEST([STRUCT('A' AS x, 7 AS m), ('z', 8)])) USING (x) ORDER BY x, n`,
    "A 3 7, B 1 null, B 2 null, Z null 8",
  ],
  ["joins LEFT", `SELECT n, y FROM ${LETTERS} LEFT JOIN (SELECT 'A' AS y) ON x = y ORDER BY n`, "1 null, 2 null, 3 A"],
  ["rolls up", `SELECT x, GROUPING(x), SUM(n) FROM ${LETTERS} GROUP BY ROLLUP(x) ORDER BY x`, "null 1 6, a 0 3, B 0 3"],
  ["groups by all", `SELECT x, SUM(n) FROM ${LETTERS} GROUP BY ALL ORDER BY x`, "a 3, B 3"],
  ["stars of groups", `SELECT * FROM (SELECT x FROM ${LETTERS}) GROUP BY 1 ORDER BY 1`, "a, B"],
  ["pipes", `FROM ${LETTERS} |> AGGREGATE SUM(n) AS s GROUP BY x |> ORDER BY x`, "a 3, B 3"],
  [
    "groups by a column of an outer query",
    `SELECT n FROM ${LETTERS} AS t WHERE EXISTS (SELECT 1 FROM UNNEST([1]) GROUP BY t.x HAVING t.x = 'A')`,
    "3",
  ],
  ["tells rows of an unnamed column", `SELECT x FROM ${LETTERS} ORDER BY 1, n LIMIT 2`, "a, B"],
  [
    "recursion",
    `WITH RECURSIVE r AS (SELECT COLLATE('a', 'und:ci') AS x, 1 AS n UNION ALL SELECT x, n + 1 FROM r WHERE x = 'A' AND n < 3) SELECT MAX(n) FROM r`,
    "3",
  ],
])("%s", async (_, sql, rows) => {
  const got = await rowsOf(sql);
  expect(got?.map((row) => row.join(" ").replace(/(?<=^| )(?=$| )/g, "null")).join(", ")).toBe(rows);
});

it("lets go of the collation in variables and in columns that have none", async () => {
  const script =
    "DECLARE x DEFAULT COLLATE('a', 'und:ci'); CREATE TEMP TABLE t (s STRING); INSERT t SELECT COLLATE('b', 'und:ci'); " +
    "INSERT t VALUES (COLLATE('c', 'und:ci')); UPDATE t SET s = COLLATE('d', 'und:ci') WHERE s = COLLATE('C', 'und:ci'); ";
  expect(await rowsOf(`${script} SELECT STRING_AGG(s ORDER BY s), x = 'A', LOGICAL_OR(s = 'B') FROM t`)).toEqual([
    ["b,d", false, false],
  ]);
});

it.each([
  ["SELECT COLLATE('a', 'de:ci') = 'A'", "Collation 'de:ci' in collate function is not supported."],
  ["SELECT COLLATE('a', 'binary')", "Collation 'binary' in collate function is not supported."],
  ["SELECT COLLATE(1, 'und:ci')", "No matching signature for function COLLATE"],
  ["SELECT REGEXP_CONTAINS(COLLATE('a', 'und:ci'), 'A')", 'Collation is not allowed on argument 1 ("und:ci")'],
  ["SELECT APPROX_COUNT_DISTINCT(COLLATE('a', 'und:ci')) FROM UNNEST([1])", "Use COLLATE(arg, '') to remove collation"],
  ["SELECT STRUCT(COLLATE('a', 'und:ci') AS x) = STRUCT('A' AS x)", "COLLATE in = of STRUCT<"],
  [`SELECT DISTINCT STRUCT(x) FROM ${LETTERS}`, "STRING COLLATE 'und:ci'"],
  [`SELECT [x], COUNT(*) FROM ${LETTERS} GROUP BY 1`, "STRING COLLATE 'und:ci'"],
  [`SELECT STRING_AGG(DISTINCT x) FROM ${LETTERS}`, "DISTINCT of values with COLLATE in STRING_AGG"],
  [`SELECT ARRAY_AGG(DISTINCT x) FROM ${LETTERS}`, "STRING COLLATE 'und:ci'"],
  [
    `SELECT * FROM (SELECT x, n FROM ${LETTERS}) PIVOT (COUNT(*) FOR n IN (1, 2))`,
    "COLLATE in a column by which PIVOT",
  ],
  [`SELECT x, (SELECT COUNT(*) FROM UNNEST(['b']) AS y WHERE y = x) FROM ${LETTERS} GROUP BY x`, "with COLLATE"],
  ["CREATE SCHEMA v; CREATE VIEW v.v AS SELECT COLLATE('a', 'und:ci') AS x", "COLLATE in a column of a view or model"],
  ["SELECT COLLATE('ｶa', 'und:ci') LIKE 'a%'", "Searching without case, by COLLATE, is not supported in a text with"],
  ["SELECT COLLATE(x, 'und:ci') LIKE y FROM (SELECT 'a' AS x, '_' AS y)", "LIKE pattern has '_'"],
])("refuses by name: %s", async (sql, message) => {
  await expect(warehouse.script(sql)).rejects.toThrow(message);
});

it("takes labels and reservations that scripts set, and tells them", async () => {
  const { rows } = await warehouse.script("SET @@query_label = 'a:b'; SELECT @@query_label, @@reservation");
  expect(rows?.rows).toEqual([["a:b", null]]);
});

it("stores the collation of columns, and reads, copies and tells it", async () => {
  const script =
    "CREATE SCHEMA c; CREATE TABLE c.t (s STRING COLLATE 'und:ci', l STRING(3) COLLATE 'und:ci', p STRING COLLATE '', n INT64); " +
    "INSERT c.t VALUES ('B', 'b', 'B', 1), ('b', 'B', 'b', 2); ALTER TABLE c.t ADD COLUMN more STRING COLLATE 'und:ci'; " +
    "UPDATE c.t SET more = 'X' WHERE s = 'B' AND p = 'B'; CREATE TABLE c.copy COPY c.t; CREATE TABLE c.made AS SELECT s, p FROM c.t; ";
  await warehouse.script(script);
  expect(await rowsOf("SELECT s, COUNT(*), COUNTIF(more = 'x') FROM c.t GROUP BY s")).toEqual([["B", 2n, 1n]]);
  expect(await rowsOf("SELECT DISTINCT p FROM c.t ORDER BY p")).toEqual([["B"], ["b"]]);
  for (const table of ["c.t", "c.copy", "c.made"])
    expect(await rowsOf(`SELECT COUNT(DISTINCT s), COUNT(DISTINCT p) FROM ${table}`)).toEqual([[1n, 2n]]);
  await warehouse.script(
    "MERGE c.copy AS t USING (SELECT 'b' AS s, 9 AS n) AS u ON t.s = u.s AND t.n = 1 WHEN MATCHED THEN UPDATE SET n = u.n; DELETE c.made WHERE s = 'B'",
  );
  expect(await rowsOf("SELECT SUM(n), (SELECT COUNT(*) FROM c.made) FROM c.copy")).toEqual([[11n, 0n]]);
  for (const table of ["c.t", "c.plain"])
    await warehouse.script(
      `CREATE TABLE IF NOT EXISTS c.plain (s STRING); MERGE ${table} USING (SELECT s FROM c.t LIMIT 0) AS u ON FALSE WHEN NOT MATCHED THEN INSERT (s) ROW`,
    );
  await expect(warehouse.script("INSERT c.t (l) VALUES ('abcd')")).rejects.toThrow("3");
  const columns =
    "SELECT column_name, data_type, collation_name FROM c.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 't' ORDER BY ordinal_position LIMIT 3";
  expect((await runScript(warehouse, "p", columns)).rows?.rows).toEqual([
    ["s", "STRING", "und:ci"],
    ["l", "STRING(3)", "und:ci"],
    ["p", "STRING", "NULL"],
  ]);
});

it("gives the collation of a table to columns that say nothing, also to those that come later", async () => {
  await warehouse.script(`CREATE SCHEMA e; CREATE TABLE e.t (s STRING, p STRING COLLATE '', n INT64, l STRING(3)) DEFAULT COLLATE 'und:ci';
    ALTER TABLE e.t ADD COLUMN more STRING, ADD COLUMN plain STRING COLLATE '';
    ALTER TABLE e.t SET DEFAULT COLLATE ''; ALTER TABLE e.t ADD COLUMN last STRING;
    CREATE TABLE e.made DEFAULT COLLATE 'und:ci' AS SELECT 'x' AS a, 1 AS n;
    INSERT e.t (s, p, l, more, plain, last) VALUES ('a', 'a', 'a', 'a', 'a', 'a')`);
  expect(await rowsOf("SELECT s = 'A', p = 'A', l = 'A', more = 'A', plain = 'A', last = 'A' FROM e.t")).toEqual([
    [true, false, true, true, false, false],
  ]);
  expect(await rowsOf("SELECT a = 'X' FROM e.made")).toEqual([[true]]);
});

it.each([
  ["CREATE TEMP TABLE x (n INT64 COLLATE 'und:ci')", "COLLATE can only be applied to columns of type STRING"],
  ["CREATE TEMP TABLE x (s STRING COLLATE 'de:ci')", "Collation of a column must be 'und:ci' or ''"],
  ["CREATE TEMP TABLE x (s STRING COLLATE 'und:ci') CLUSTER BY s", "which has a collation"],
  ["CREATE TEMP TABLE x AS SELECT [COLLATE('a', 'und:ci')] AS s", "COLLATE in an ARRAY or STRUCT column"],
  [
    "CREATE TEMP TABLE x (s ARRAY<STRING>) DEFAULT COLLATE 'und:ci'",
    "DEFAULT COLLATE with texts in an ARRAY or STRUCT",
  ],
  ["CREATE SCHEMA x DEFAULT COLLATE 'und:ci'", "DEFAULT COLLATE of a dataset outside of `serve`"],
  ["CREATE TEMP TABLE x (s STRING) DEFAULT COLLATE 'de:ci'", "Collation of a column must be 'und:ci' or ''"],
  ["CREATE SCHEMA z; CREATE TABLE z.t (s STRING COLLATE 'und:ci'); CREATE VIEW z.v AS SELECT * FROM z.t", "COLLATE in"],
  ["SELECT * FROM `z.t*`", "COLLATE in a wildcard table"],
  ["ALTER TABLE z.t ALTER COLUMN s SET DATA TYPE STRING", "SET DATA TYPE of a column with COLLATE"],
])("refuses of columns: %s", async (sql, message) => {
  await expect(warehouse.script(sql)).rejects.toThrow(message);
});
