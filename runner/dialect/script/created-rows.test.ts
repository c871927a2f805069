import { describe, expect, it } from "vitest";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, failure } = scriptsOn("CREATE SCHEMA d");

describe("CREATE TABLE with columns AS SELECT", () => {
  it.each([
    ["by position, whatever the query calls them", "(k NUMERIC, b STRING) AS SELECT 1 AS b, 'x'", ["1", "x"]],
    ["NULL of any type", "(a DATE, b ARRAY<STRING>) AS SELECT NULL, NULL", [null, []]],
    ["rounded as their types say", "(a NUMERIC(5, 1), b FLOAT64) AS SELECT NUMERIC '1.25', 2", ["1.3", 2]],
    [
      "structs of other names",
      "(s STRUCT<x FLOAT64, y STRING>) AS SELECT STRUCT(1 AS p, 'q' AS q)",
      [{ x: 1, y: "q" }],
    ],
  ])("takes values %s", async (_name, definition, expected) => {
    expect(await rows(`CREATE TEMP TABLE w ${definition}; SELECT * FROM w`)).toEqual([expected]);
  });

  it("keeps what the columns say for later rows", async () => {
    const made =
      "CREATE TABLE d.kept (a INT64 NOT NULL, b STRING(3) DEFAULT 'no', c ARRAY<INT64>) AS SELECT 1, 'x', [1]";
    expect(await rows(`${made}; INSERT INTO d.kept (a) VALUES (2); SELECT * FROM d.kept ORDER BY a`)).toEqual([
      [1n, "x", [1n]],
      [2n, "no", []],
    ]);
    expect(await failure("INSERT INTO d.kept (b) VALUES ('y')")).toContain("Required field a cannot be null");
    expect(await failure("INSERT INTO d.kept (a, b) VALUES (1, 'four')")).toContain("maximum length is 3");
  });

  it("replaces a table by what it held", async () => {
    const text = `CREATE TABLE d.self AS SELECT 1 AS a;
      CREATE OR REPLACE TABLE d.self (b STRING, c INT64) AS SELECT 'was', a FROM d.self; SELECT * FROM d.self`;
    expect(await rows(text)).toEqual([["was", 1n]]);
  });

  it.each([
    ["(a INT64) AS SELECT 1, 2", "The number of columns in the column definition list does not match"],
    ["(a INT64) AS SELECT 'x'", "Column 'a' has type INT64 which cannot be coerced from query output type STRING"],
    ["(a INT64, A INT64) AS SELECT 1, 2", "Duplicate column name A"],
    ["(a INT64) AS SELECT AS STRUCT 1 AS a", "Column definition list cannot be specified when creating a value table"],
    ["(a INT64 NOT NULL) AS SELECT x FROM UNNEST([1, NULL]) AS x", "Required field a cannot be null"],
    ["(a STRING(2)) AS SELECT 'abc'", "maximum length is 2 but value has length 3"],
  ])("leaves no table where it fails: %s", async (definition, message) => {
    expect(await failure(`CREATE TABLE d.never ${definition}`)).toContain(message);
    expect(await failure("SELECT * FROM d.never")).toContain("d.never");
  });
});

it("takes OPTIONS of fields within columns", async () => {
  const type = "STRUCT<a ARRAY<STRING NOT NULL> OPTIONS (description = 'many'), b STRUCT<c BOOL OPTIONS ()>>";
  const made = `CREATE TABLE d.nested (x INT64, y ${type}); ALTER TABLE d.nested ADD COLUMN z ${type}`;
  expect(await rows(`${made}; INSERT INTO d.nested (x) VALUES (1); SELECT x, y.b.c, z FROM d.nested`)).toEqual([
    [1n, null, null],
  ]);
});

it("gives a temporary table columns by its bare name", async () => {
  expect(
    await rows("CREATE TEMP TABLE t AS SELECT 1 AS a; ALTER TABLE t ADD COLUMN b STRING; SELECT * FROM t"),
  ).toEqual([[1n, null]]);
});

describe("CREATE TABLE LIKE .. AS", () => {
  const SOURCE = "CREATE TABLE d.source (a NUMERIC(5, 1), b STRING(3)); INSERT INTO d.source VALUES (1, 'no');";

  it("has the columns of the one and the rows of the other", async () => {
    const made = "CREATE TABLE d.alike LIKE d.source AS SELECT b'x' IS NULL, 'y' UNION ALL SELECT FALSE, 'z'";
    expect(await failure(`${SOURCE} ${made}`)).toContain("Column 'a' has type NUMERIC which cannot be coerced");
    const text =
      "CREATE TABLE d.alike LIKE d.source AS SELECT NUMERIC '1.25' AS x, 'y' UNION ALL SELECT (SELECT MAX(a) FROM d.source), b FROM d.source";
    expect(await rows(`${text}; SELECT * FROM d.alike ORDER BY b`)).toEqual([
      ["1", "no"],
      ["1.3", "y"],
    ]);
    expect(await failure("INSERT INTO d.alike VALUES (1, 'four')")).toContain("maximum length is 3");
  });

  it("leaves a table that is there, and replaces one by what it held", async () => {
    const text = `CREATE TABLE IF NOT EXISTS d.alike LIKE d.source AS SELECT 7, 'q';
      CREATE OR REPLACE TABLE d.alike LIKE d.source AS SELECT a + 1, b FROM d.alike; SELECT * FROM d.alike ORDER BY b`;
    expect(await rows(text)).toEqual([
      ["2", "no"],
      ["2.3", "y"],
    ]);
  });

  it("asks for as many values as there are columns", async () => {
    expect(await failure("CREATE TABLE d.never LIKE d.source AS SELECT 1")).toContain("The number of columns");
  });
});
