import { describe, expect, it } from "vitest";
import type { SqlValue } from "../../port/port.js";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, failure, warehouse } = scriptsOn("CREATE SCHEMA d");

describe("SQL functions", () => {
  it.each<[string, string, SqlValue]>([
    ["coerce arguments", "CREATE TEMP FUNCTION f(x FLOAT64) AS (x / 2); SELECT f(3)", 1.5],
    ["coerce the result", "CREATE TEMP FUNCTION f(x INT64) RETURNS FLOAT64 AS (x); SELECT f(3)", 3],
    ["take any type", "CREATE TEMP FUNCTION f(x ANY TYPE) AS (CONCAT(x, x)); SELECT f('a')", "aa"],
    [
      "call others",
      "CREATE TEMP FUNCTION f(x INT64) AS (x + 1); CREATE TEMP FUNCTION g(x INT64) AS (f(x) * f(x)); SELECT g(2)",
      9n,
    ],
    ["take structs", "CREATE TEMP FUNCTION f(s STRUCT<a INT64, b STRING>) AS (s.b); SELECT f(STRUCT(1, 'x'))", "x"],
    [
      "are called on aggregates",
      "CREATE TEMP FUNCTION half(x INT64) AS (DIV(x, 2)); SELECT half(SUM(v)) FROM UNNEST([1, 2, 5]) AS v",
      4n,
    ],
    [
      "are called on aggregates though their body is a query",
      "CREATE TEMP FUNCTION top(a ARRAY<INT64>) AS ((SELECT MAX(e) FROM UNNEST(a) AS e)); SELECT top(ARRAY_AGG(v)) FROM UNNEST([1, 5, 2]) AS v",
      5n,
    ],
    [
      "do not see the columns of the caller",
      "CREATE TEMP FUNCTION f(x INT64) AS ((SELECT MAX(v) FROM UNNEST([x, 3]) AS v)); SELECT f(v) FROM (SELECT 7 AS v)",
      7n,
    ],
    [
      "take arguments by their names",
      "CREATE TEMP FUNCTION f(x INT64, y INT64) AS (x - y); SELECT f(Y => 1, x => 5) + f(2, y => 3)",
      3n,
    ],
    [
      "evaluate a random argument once",
      "CREATE TEMP FUNCTION f(x FLOAT64, y INT64) AS (IF(x = x AND y = y, x - x, 1)); SELECT f(RAND(), 2)",
      0,
    ],
    [
      "do not grow with every level of calls",
      `CREATE TEMP FUNCTION p(x INT64) AS ((x >> 1) + (x & 255)); SELECT ${"p(".repeat(40)}1000000${")".repeat(40)}`,
      345n,
    ],
    ["see a NULL", "CREATE TEMP FUNCTION f(x INT64) AS (IFNULL(x, -1)); SELECT f(NULL)", -1n],
    ["are written LANGUAGE sql", "CREATE TEMP FUNCTION f() RETURNS INT64 LANGUAGE sql AS (4); SELECT f()", 4n],
  ])("%s", async (_name, sql, expected) => {
    expect(await rows(sql)).toEqual([[expected]]);
  });

  it.each([
    [
      "SELECT k, f(k) FROM UNNEST([1, 1, 2]) AS k GROUP BY k ORDER BY k",
      [
        [1n, 6n],
        [2n, 12n],
      ],
    ],
    ["SELECT k, f(k) FROM (SELECT 1 AS k UNION ALL SELECT 2) GROUP BY k HAVING f(k) > 6 ORDER BY f(k)", [[2n, 12n]]],
    [
      "SELECT k, f(k) FROM UNNEST([1, 2]) AS k GROUP BY ROLLUP(k) ORDER BY f(k) DESC",
      [
        [2n, 12n],
        [1n, 6n],
        [null, null],
      ],
    ],
  ])("are called on grouping keys though their body is a query: %s", async (query, expected) => {
    const times6 = "CREATE TEMP FUNCTION f(x INT64) AS ((SELECT SUM(x * y) FROM UNNEST([1, 2, 3]) AS y))";
    expect(await rows(`${times6}; ${query}`)).toEqual(expected);
  });

  it("are called by any path, in any case", async () => {
    await warehouse().script("CREATE OR REPLACE FUNCTION d.twice(x INT64) AS (x * 2)");
    expect(await rows("SELECT d.twice(1), `p.d.twice`(2), `d`.TWICE(3)")).toEqual([[2n, 4n, 6n]]);
  });

  it.each([
    [
      "a wrong argument type",
      "CREATE TEMP FUNCTION f(x INT64) AS (x);\nSELECT f('a')",
      "No matching signature for function f for argument types: STRING. Supported signature: f(INT64) [at 2:8]",
    ],
    [
      "an unknown name in the body, when it is created",
      "CREATE TEMP FUNCTION f(x INT64)\nAS (x + y)",
      "Unrecognized name: y [at 2:9]",
    ],
    [
      "a body of another type than declared",
      "CREATE TEMP FUNCTION f() RETURNS INT64 AS ('a')",
      "Function declared to return INT64 but the function body produces incompatible type STRING [at 1:44]",
    ],
    [
      "a template that does not fit the argument, at the call",
      "CREATE TEMP FUNCTION f(x ANY TYPE) AS (UPPER(x));\nSELECT 1, f(1)",
      /^Invalid function f: No matching signature for function UPPER .* \[at 2:11\]$/,
    ],
    [
      "a function that calls itself",
      "CREATE FUNCTION d.loop(x INT64) AS (d.loop(x))",
      "Function not found: D.LOOP [at 1:37]",
    ],
    [
      "functions that call each other",
      "CREATE TEMP FUNCTION f() AS (1); CREATE TEMP FUNCTION g() AS (f()); CREATE OR REPLACE TEMP FUNCTION f() AS (g()); SELECT f()",
      /Function f calls itself/,
    ],
    [
      "SAFE.",
      "CREATE TEMP FUNCTION f(x INT64) AS (x); SELECT SAFE.f(1)",
      "Function f does not support SAFE error mode [at 1:48]",
    ],
    [
      "a dataset in the name of a temporary one",
      "CREATE TEMP FUNCTION d.f() AS (1)",
      "A temporary function cannot have a dataset in its name [at 1:22]",
    ],
    [
      "the name of a function that GoogleSQL has",
      "CREATE TEMP FUNCTION upper(x STRING) AS (x)",
      "A function with the name of GoogleSQL's UPPER is not supported by the embedded engine [at 1:22]",
    ],
    ["no dataset", "CREATE FUNCTION f() AS (1)", /must be qualified with a dataset/],
    [
      "two parameters of one name",
      "CREATE TEMP FUNCTION f(a INT64, A INT64) AS (1)",
      "Duplicate argument name A [at 1:33]",
    ],
    [
      "a second one",
      "CREATE TEMP FUNCTION f() AS (1); CREATE TEMP FUNCTION f() AS (2)",
      "Already Exists: Routine f [at 1:55]",
    ],
    [
      "a view that calls a temporary one",
      "CREATE TEMP FUNCTION f() AS (1); CREATE VIEW d.v AS SELECT f() AS x",
      "Function not found: F [at 1:60]",
    ],
    [
      "DROP of another kind",
      "CREATE OR REPLACE FUNCTION d.one() AS (1); DROP PROCEDURE d.one",
      "Not found: Routine d.one [at 1:59]",
    ],
  ])("refuses %s", async (_name, sql, message) => {
    const said = await failure(sql);
    if (typeof message === "string") expect(said).toBe(message);
    else expect(said).toMatch(message);
  });
});

describe("table functions", () => {
  it("are queries with parameters", async () => {
    await warehouse().script(`CREATE OR REPLACE TABLE d.points (player STRING, pts INT64);
      INSERT INTO d.points VALUES ('a', 10), ('b', 20), ('c', 30);
      CREATE OR REPLACE TABLE FUNCTION d.above(low INT64) AS SELECT player, pts FROM d.points WHERE pts > low`);
    expect(await rows("SELECT t.player FROM d.above(15) AS t ORDER BY 1")).toEqual([["b"], ["c"]]);
    expect(
      await rows("DECLARE n INT64 DEFAULT 25; SELECT COUNT(*) FROM d.above(n) JOIN d.points USING (player)"),
    ).toEqual([[1n]]);
    await warehouse().script("DROP TABLE FUNCTION d.above");
    expect(await failure("SELECT * FROM d.above(15)")).toBe("Table-valued function not found: d.above [at 1:15]");
  });

  it.each([
    ["a wrong argument", "SELECT * FROM d.tf('x')", /No matching signature for function d.tf .* \[at 1:15\]/],
    ["a call as a value", "SELECT d.tf(1)", /cannot be called as a scalar function \[at 1:8\]/],
    [
      "columns that are not the declared ones",
      "CREATE TABLE FUNCTION d.wrong() RETURNS TABLE<a INT64> AS SELECT 'x' AS a",
      /Column a of type INT64 is declared, but the query gives a of type STRING \[at 1:66\]/,
    ],
  ])("refuse %s", async (_name, sql, message) => {
    await warehouse().script(
      "CREATE OR REPLACE TABLE FUNCTION d.tf(x INT64) RETURNS TABLE<y FLOAT64> AS SELECT x AS y",
    );
    expect(await rows("SELECT y FROM d.tf(2)")).toEqual([[2]]);
    expect(await failure(sql)).toMatch(message);
  });
});

describe("JavaScript functions", () => {
  it.each<[string, string, string, SqlValue]>([
    ["FLOAT64", "(x FLOAT64) RETURNS FLOAT64 LANGUAGE js AS 'return x * 2'", "f(1.25)", 2.5],
    [
      "an INT64 argument where FLOAT64 is declared",
      "(x FLOAT64) RETURNS FLOAT64 LANGUAGE js AS 'return x + 1'",
      "f(1)",
      2,
    ],
    [
      "numbers for BOOL",
      "(x FLOAT64) RETURNS BOOL LANGUAGE js AS 'return x'",
      "f(0) IS FALSE AND f(1) AND f(-2)",
      true,
    ],
    [
      "JSON within a STRUCT, members by their names",
      "(x JSON) RETURNS STRUCT<a INT64, j JSON> LANGUAGE js AS 'return {a: 1, j: {z: x, 10: 1, 9: null}}'",
      `TO_JSON_STRING(f(JSON '{"b": 1, "a": [true]}'))`,
      '{"a":1,"j":{"10":1,"9":null,"z":{"a":[true],"b":1}}}',
    ],
    ["infinities", "(x FLOAT64) RETURNS FLOAT64 LANGUAGE js AS 'return -x'", "f(CAST('inf' AS FLOAT64))", "-Infinity"],
    ["INT64 as a result", "(x FLOAT64) RETURNS INT64 LANGUAGE js AS 'return x'", "f(41) + 1", 42n],
    ["INT64 as a text", "() RETURNS INT64 LANGUAGE js AS 'return \"9007199254740993\"'", "f()", 9007199254740993n],
    ["STRING", "(x STRING) RETURNS STRING LANGUAGE js AS 'return x.toUpperCase() + \"!\"'", "f('é')", "É!"],
    ["BOOL", "(x BOOL) RETURNS BOOL LANGUAGE js AS 'return !x'", "f(TRUE)", false],
    ["NULL", "(x STRING) RETURNS STRING LANGUAGE js AS 'return x === null ? \"null\" : x'", "f(NULL)", "null"],
    ["undefined", "(x STRING) RETURNS STRING LANGUAGE js AS 'return undefined'", "f('a') IS NULL", true],
    ["whole NUMERIC as a number", "(x NUMERIC) RETURNS STRING LANGUAGE js AS 'return typeof x + x'", "f(5)", "number5"],
    [
      "other NUMERIC as a text",
      "(x NUMERIC) RETURNS STRING LANGUAGE js AS 'return typeof x + x'",
      "f(-0.5)",
      "string-0.5",
    ],
    ["NUMERIC as a result", "() RETURNS NUMERIC LANGUAGE js AS 'return \"1.5\"'", "f()", "1.5"],
    [
      "BYTES as base64",
      '(x BYTES) RETURNS BYTES LANGUAGE js AS \'return x === "YWI=" ? "YWJj" : x\'',
      "f(b'ab') = b'abc'",
      true,
    ],
    [
      "DATE",
      "(x DATE) RETURNS DATE LANGUAGE js AS 'x.setUTCDate(x.getUTCDate() + 1); return x'",
      "CAST(f(DATE '2024-02-28') AS STRING)",
      "2024-02-29",
    ],
    [
      "TIMESTAMP with its microseconds",
      "(x TIMESTAMP) RETURNS STRING LANGUAGE js AS 'return x.toISOString() + x.microsecond'",
      "f(TIMESTAMP '2024-01-02 03:04:05.123456')",
      "2024-01-02T03:04:05.123Z123456",
    ],
    [
      "TIMESTAMP as a result",
      "(x TIMESTAMP) RETURNS TIMESTAMP LANGUAGE js AS 'return x'",
      "f(TIMESTAMP '1969-12-31 23:59:59.123456') = TIMESTAMP '1969-12-31 23:59:59.123456'",
      true,
    ],
    [
      "JSON",
      "(x JSON) RETURNS JSON LANGUAGE js AS 'x.b = [x.a]; return x'",
      "TO_JSON_STRING(f(JSON '{\"a\": 1}'))",
      '{"a":1,"b":[1]}',
    ],
    [
      "ARRAY",
      "(x ARRAY<FLOAT64>) RETURNS ARRAY<INT64> LANGUAGE js AS 'return x.map((v) => v * 2)'",
      "ARRAY_TO_STRING(ARRAY(SELECT CAST(e AS STRING) FROM UNNEST(f([1, 2])) AS e), ',')",
      "2,4",
    ],
    [
      "STRUCT",
      "(x STRUCT<a FLOAT64, b STRING>) RETURNS STRUCT<n INT64, s STRING> LANGUAGE js AS 'return {s: x.b, n: x.a}'",
      "TO_JSON_STRING(f(STRUCT(3, 'z')))",
      '{"n":3,"s":"z"}',
    ],
    ["INT64 as a String", "(x INT64) RETURNS INT64 LANGUAGE js AS 'return x + 1'", "CAST(f(41) AS STRING)", "411"],
    [
      "INT64 within arrays and structs as a String",
      "(x ARRAY<INT64>, s STRUCT<n INT64>) RETURNS STRING LANGUAGE js AS 'return typeof x[0] + x.map((v) => v * 2) + s.n'",
      "f([1, 2], STRUCT(9007199254740993))",
      "string2,49007199254740993",
    ],
    ["a Promise", "() RETURNS STRING LANGUAGE js AS 'return Promise.resolve(\"later\")'", "f()", "later"],
    [
      "helpers and several statements",
      '() RETURNS STRING LANGUAGE js AS r"""\nfunction g(s) { return s.replace(/\\d+/, "n"); }\nreturn g("a12");\n"""',
      "f()",
      "an",
    ],
  ])("take and give %s", async (_name, definition, call, expected) => {
    expect(await rows(`CREATE TEMP FUNCTION f${definition}; SELECT ${call}`)).toEqual([[expected]]);
  });

  it("are called for every row, in grouped queries and in views that outlive them", async () => {
    await warehouse().script(`CREATE OR REPLACE FUNCTION d.label(x FLOAT64) RETURNS STRING DETERMINISTIC LANGUAGE js AS "return x > 2 ? 'high' : 'low'";
      CREATE OR REPLACE VIEW d.labels AS SELECT d.label(v) AS l FROM UNNEST([1, 2, 3]) AS v`);
    expect(await rows("SELECT l, COUNT(*) FROM d.labels GROUP BY l ORDER BY l")).toEqual([
      ["high", 1n],
      ["low", 2n],
    ]);
    expect(await rows("SELECT d.label(v) AS k, SUM(v) FROM UNNEST([1, 2, 3]) AS v GROUP BY 1 ORDER BY 1")).toEqual([
      ["high", 3n],
      ["low", 3n],
    ]);
  });

  it("have a value of their own for every row where they are not deterministic", async () => {
    const sql = `CREATE TEMP FUNCTION r() RETURNS FLOAT64 LANGUAGE js AS 'return Math.random()';
      SELECT COUNT(DISTINCT r()) FROM UNNEST(GENERATE_ARRAY(1, 100))`;
    expect(await rows(sql)).toEqual([[100n]]);
  });

  it("see nothing of the process", async () => {
    const probe = "typeof process + typeof require + typeof fetch + typeof Buffer";
    expect(await rows(`CREATE TEMP FUNCTION f() RETURNS STRING LANGUAGE js AS 'return ${probe}'; SELECT f()`)).toEqual([
      ["undefinedundefinedundefinedundefined"],
    ]);
    for (const way of ["[]", "this", "arguments", "x"]) {
      const breakout = `return ${way}.constructor.constructor('return typeof process')()`;
      const sql = `CREATE TEMP FUNCTION f(x JSON) RETURNS STRING LANGUAGE js AS "${breakout}"; SELECT f(JSON '{}')`;
      expect(await rows(sql)).toEqual([["undefined"]]);
    }
  });

  it.each([
    ["no result type", "f() LANGUAGE js AS ''", "Non-SQL functions must specify a return type [at 1:22]"],
    [
      "templates",
      "f(x ANY TYPE) RETURNS STRING LANGUAGE js AS ''",
      "Functions with templated arguments must be SQL functions [at 1:24]",
    ],
    [
      "libraries",
      "f() RETURNS STRING LANGUAGE js OPTIONS (library = ['gs://b/l.js']) AS ''",
      "OPTIONS (library = ..) of a JavaScript function is not supported by the embedded engine [at 1:62]",
    ],
    [
      "other languages",
      "f() RETURNS STRING LANGUAGE python AS ''",
      "A function in python is not supported by the embedded engine [at 1:50]",
    ],
    [
      "other types",
      "f(x TIME) RETURNS STRING LANGUAGE js AS ''",
      "TIME as a parameter of a JavaScript function is not supported by the embedded engine [at 1:26]",
    ],
    [
      "unnamed fields",
      "f() RETURNS STRUCT<INT64> LANGUAGE js AS ''",
      "A STRUCT with an unnamed field as the result of a JavaScript function is not supported by the embedded engine [at 1:34]",
    ],
    [
      "syntax errors, at their line",
      'f() RETURNS STRING LANGUAGE js AS r"""\nconst a = 1;\n  retur a;\n"""',
      "SyntaxError: Unexpected identifier 'a' [at 3:1]",
    ],
  ])("refuse %s", async (_name, definition, message) => {
    expect(await failure(`CREATE TEMP FUNCTION ${definition}`)).toBe(message);
  });

  it.each([
    [
      "an exception",
      "f(x STRING) RETURNS STRING LANGUAGE js AS r'''\nconst y = null;\nreturn y.z;'''",
      "f('a')",
      /JavaScript function f failed in line 3 of its body: TypeError: Cannot read properties of null \(reading 'z'\) \[at/,
    ],
    [
      "a value of another type",
      "f(x STRING) RETURNS FLOAT64 LANGUAGE js AS 'return x'",
      "f('a')",
      /JavaScript function f failed: TypeError: Failed to coerce output value "a" to type FLOAT64/,
    ],
    [
      "a fraction for INT64",
      "f() RETURNS INT64 LANGUAGE js AS 'return 1.5'",
      "f()",
      /Failed to coerce output value 1.5 to type INT64/,
    ],
    [
      "a rejected Promise",
      "f() RETURNS STRING LANGUAGE js AS 'return Promise.reject(new Error(`no`))'",
      "f()",
      /JavaScript function f failed in line 1 of its body: Error: no/,
    ],
    [
      "a thrown text",
      "f() RETURNS STRING LANGUAGE js AS 'throw `plain`'",
      "f()",
      /JavaScript function f failed: plain/,
    ],
  ])("report %s", async (_name, definition, call, message) => {
    expect(await failure(`CREATE TEMP FUNCTION ${definition}; SELECT ${call}`)).toMatch(message);
  });
});
