import { beforeEach, describe, expect, it } from "vitest";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, failure, warehouse } = scriptsOn("CREATE SCHEMA d");

describe("arrays", () => {
  beforeEach(() =>
    warehouse().script(`CREATE OR REPLACE TABLE d.t
      (k INT64, xs ARRAY<INT64>, s STRUCT<ys ARRAY<STRING>, z INT64>, l ARRAY<STRUCT<w ARRAY<INT64>>>)`),
  );

  it.each([
    ["a NULL", "INSERT d.t (k, xs) VALUES (1, NULL)"],
    ["a column that INSERT leaves out", "INSERT d.t (k) VALUES (1)"],
    ["DEFAULT", "INSERT d.t (k, xs) VALUES (1, DEFAULT)"],
    ["a NULL of a query", "INSERT d.t (k, xs) SELECT 1, ARRAY_AGG(x) FROM UNNEST([1]) AS x WHERE FALSE"],
    ["UPDATE", "INSERT d.t (k, xs) VALUES (1, [1]); UPDATE d.t SET xs = NULL WHERE TRUE"],
    ["MERGE", "MERGE d.t USING (SELECT 1 AS one) ON FALSE WHEN NOT MATCHED THEN INSERT (k, xs) VALUES (1, NULL)"],
    [
      "ADD COLUMN",
      "INSERT d.t (k) VALUES (1); ALTER TABLE d.t DROP COLUMN xs; ALTER TABLE d.t ADD COLUMN xs ARRAY<INT64>",
    ],
    ["AS a query", "CREATE OR REPLACE TABLE d.t AS SELECT 1 AS k, CAST(NULL AS ARRAY<INT64>) AS xs"],
  ])("are empty where they were NULL: %s", async (_, sql) => {
    await warehouse().script(sql);
    expect(await rows("SELECT xs IS NULL, ARRAY_LENGTH(xs) FROM d.t")).toEqual([[false, 0n]]);
  });

  it("are empty within structs and arrays too", async () => {
    await warehouse().script("INSERT d.t (s, l) VALUES (STRUCT(NULL, 1), [STRUCT(CAST(NULL AS ARRAY<INT64>))])");
    expect(await rows("SELECT s.ys IS NULL, l[OFFSET(0)].w IS NULL FROM d.t")).toEqual([[false, false]]);
  });

  it.each([
    ["xs", "INSERT d.t (xs) VALUES ([1, NULL])"],
    ["xs", "INSERT d.t (xs) SELECT ARRAY_AGG(x) FROM UNNEST([1, NULL]) AS x"],
    ["s.ys", "INSERT d.t (s) VALUES (STRUCT(NULL, 1)); UPDATE d.t SET s.ys = ['a', NULL] WHERE TRUE"],
    ["w", "INSERT d.t (l) VALUES ([STRUCT([1, NULL])])"],
    ["zs", "CREATE TABLE d.u AS SELECT [1, NULL] AS zs"],
    ["f0_", "SELECT [1, NULL]"],
  ])("with a NULL are refused: %s", async (column, sql) => {
    expect(await failure(sql)).toContain(`Array cannot have a null element; error in writing field ${column}`);
  });

  it("stay NULL in views and variables, and are shown as empty", async () => {
    await warehouse().script("CREATE OR REPLACE VIEW d.v AS SELECT CAST(NULL AS ARRAY<INT64>) AS xs");
    expect(await rows("SELECT xs IS NULL, xs FROM d.v")).toEqual([[true, []]]);
    expect(await rows("DECLARE xs ARRAY<INT64>; SELECT xs IS NULL, xs")).toEqual([[true, []]]);
  });
});

describe("types with parameters", () => {
  const TABLE =
    "CREATE OR REPLACE TABLE d.t (n NUMERIC(5, 2), s STRING(3), b BYTES(2), g BIGNUMERIC(40, 3), l ARRAY<STRING(2)>, u STRUCT<p NUMERIC(3, 1)>)";
  beforeEach(() => warehouse().script(TABLE));

  it("round what is written", async () => {
    await warehouse().script(`
      INSERT d.t VALUES (1.005, 'abc', b'xy', BIGNUMERIC '1.00055', ['ab'], STRUCT(1.25));
      INSERT d.t (n) SELECT NUMERIC '-1.005';
      UPDATE d.t SET u.p = 9.96 WHERE n < 0;
      MERGE d.t USING (SELECT 1 AS one) ON FALSE WHEN NOT MATCHED THEN INSERT (n) VALUES (2.999)`);
    expect(await rows("SELECT n, g, u.p FROM d.t ORDER BY n")).toEqual([
      ["-1.01", null, "10"],
      ["1.01", "1.001", "1.3"],
      ["3", null, null],
    ]);
  });

  it.each([
    ["INSERT d.t (s) VALUES ('abcd')", "maximum length is 3 but value has length 4"],
    ["INSERT d.t (s) SELECT 'äöüß'", "maximum length is 3 but value has length 4"],
    ["INSERT d.t (b) VALUES (b'abc')", "maximum length is 2 but value has length 3"],
    ["INSERT d.t (l) VALUES (['ab', 'abc'])", "maximum length is 2 but value has length 3"],
    ["INSERT d.t (n) VALUES (999.995)", "numeric out of range"],
    ["INSERT d.t (u) VALUES (STRUCT(99.95))", "numeric out of range"],
    ["INSERT d.t (s) VALUES ('a'); UPDATE d.t SET s = REPEAT(s, 4) WHERE TRUE", "maximum length is 3"],
    ["CREATE OR REPLACE TABLE d.u LIKE d.t; INSERT d.u (s) VALUES ('abcd')", "maximum length is 3"],
    ["CREATE TEMP TABLE q (s STRING(1)); INSERT q VALUES ('ab')", "maximum length is 1"],
    ["ALTER TABLE d.t ADD COLUMN w STRING(1); INSERT d.t (w) VALUES ('ab')", "maximum length is 1"],
    ["ALTER TABLE d.t RENAME COLUMN s TO r; INSERT d.t (r) VALUES ('abcd')", "maximum length is 3"],
    ["ALTER TABLE d.t ALTER COLUMN s SET DATA TYPE STRING(4); INSERT d.t (s) VALUES ('abcde')", "maximum length is 4"],
    ["ALTER TABLE d.t ALTER COLUMN s SET DATA TYPE STRING(2)", "existing column type (STRING(3)) is assignable"],
    ["ALTER TABLE d.t ALTER COLUMN l SET DATA TYPE ARRAY<STRING(1)>", "existing column type (ARRAY<STRING(2)>)"],
    ["CREATE TABLE IF NOT EXISTS d.t (s STRING(9)); INSERT d.t (s) VALUES ('abcd')", "maximum length is 3"],
    ["DECLARE x STRING(2) DEFAULT 'abc'", "maximum length is 2"],
    ["DECLARE x STRING(2); SET x = 'abc'", "maximum length is 2"],
    ["DECLARE x, y STRING(2); SET (x, y) = ('ab', 'abc')", "maximum length is 2"],
    ["DECLARE x STRING(2); EXECUTE IMMEDIATE 'SELECT \"abc\"' INTO x", "maximum length is 2"],
  ])("refuse: %s", async (sql, message) => {
    expect(await failure(sql)).toContain(message);
  });

  it("end with SET DATA TYPE and with CREATE TABLE AS", async () => {
    await warehouse().script("ALTER TABLE d.t ALTER COLUMN s SET DATA TYPE STRING; INSERT d.t (s) VALUES ('abcd')");
    await warehouse().script("CREATE OR REPLACE TABLE d.t AS SELECT s FROM d.t; INSERT d.t VALUES ('abcdefgh')");
    expect(await rows("SELECT s FROM d.t ORDER BY s")).toEqual([["abcd"], ["abcdefgh"]]);
  });

  it("round variables", async () => {
    expect(await rows("DECLARE x NUMERIC(5, 2) DEFAULT 1.005; SET x = x + 0.001; SELECT x")).toEqual([["1.01"]]);
  });
});

it("prints intervals as BigQuery does", async () => {
  const sql = `SELECT INTERVAL 50 HOUR, INTERVAL '-1-2 3 -4:5:6.7' YEAR TO SECOND, [INTERVAL '0:0:0.000001' HOUR TO SECOND]`;
  expect(await rows(sql)).toEqual([["0-0 0 50:0:0", "-1-2 3 -4:5:6.700", ["0-0 0 0:0:0.000001"]]]);
});

it("takes the first of distinct values in their order", async () => {
  const sql = `SELECT STRING_AGG(DISTINCT x, '-' ORDER BY x DESC LIMIT 2), STRING_AGG(DISTINCT b ORDER BY b DESC LIMIT 1),
    STRING_AGG(DISTINCT b, b'+' ORDER BY b), STRING_AGG(DISTINCT x ORDER BY x LIMIT 0)
    FROM UNNEST([STRUCT('b' AS x, b'q' AS b), ('a', b'z'), ('c', b'q'), (NULL, NULL)])`;
  const [row] = await rows(sql);
  expect(row?.map(String)).toEqual(["c-b", "eg==", "cSt6", "null"]);
});
