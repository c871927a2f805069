import { describe, expect, it } from "vitest";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, failure, warehouse } = scriptsOn("CREATE SCHEMA d");

describe("variables", () => {
  it("takes the declared type, the default's type, or NULL", async () => {
    expect(
      await rows(
        "DECLARE a, b INT64 DEFAULT 2; DECLARE c DEFAULT 1.5; DECLARE d DATE; SET a = a + 1; SELECT a, b, c, d",
      ),
    ).toEqual([[3n, 2n, 1.5, null]]);
  });

  it("assigns several at once from their old values", async () => {
    expect(await rows("DECLARE a, b INT64 DEFAULT 1; SET b = 5; SET (a, b) = (b, a); SELECT a, b")).toEqual([[5n, 1n]]);
    expect(
      await rows("DECLARE a INT64; DECLARE b STRING; SET (a, b) = (SELECT AS STRUCT 7, 'x'); SELECT a, b"),
    ).toEqual([[7n, "x"]]);
    // As dbt finds the partitions that it replaces.
    const one = "DECLARE a ARRAY<INT64>; SET (a) = (SELECT AS STRUCT ARRAY_AGG(x ORDER BY x) FROM UNNEST([2, 1]) AS x)";
    expect(await rows(`${one}; SELECT a`)).toEqual([[[1n, 2n]]]);
    expect(await rows("DECLARE a INT64; SET (a) = 3; SELECT a")).toEqual([[3n]]);
    expect(await rows("DECLARE s STRUCT<a INT64>; SET (s) = (SELECT AS STRUCT 4); SELECT s.a")).toEqual([[4n]]);
    expect(await failure("DECLARE a INT64; SET a = (SELECT AS STRUCT 4)")).toContain("STRUCT<INT64> to type INT64");
  });

  it("is shadowed by a column of the same name", async () => {
    expect(
      await rows("DECLARE x INT64 DEFAULT 1; DECLARE y INT64 DEFAULT 9; SELECT x, y FROM (SELECT 2 AS x)"),
    ).toEqual([[2n, 9n]]);
  });

  it("can be used in grouped queries, subqueries and arrays", async () => {
    const sql = `DECLARE factor INT64 DEFAULT 10; DECLARE list ARRAY<INT64> DEFAULT [1, 2, 2];
      SELECT v, COUNT(*) * factor AS n, (SELECT SUM(e) + factor FROM UNNEST(list) AS e) AS total
      FROM UNNEST(list) AS v GROUP BY v HAVING COUNT(*) < factor ORDER BY v`;
    expect(await rows(sql)).toEqual([
      [1n, 10n, 15n],
      [2n, 20n, 15n],
    ]);
  });

  it("belongs to its block", async () => {
    expect(await failure("BEGIN DECLARE x INT64; END; SET x = 1")).toBe("Undeclared variable: x [at 1:33]");
    expect(
      await rows(
        "DECLARE r INT64; BEGIN DECLARE x INT64 DEFAULT 1; SET r = x; END; BEGIN DECLARE x INT64 DEFAULT 2; SET r = r + x; END; SELECT r",
      ),
    ).toEqual([[3n]]);
  });
});

describe("control flow", () => {
  it.each([
    ["IF", "IF x > 1 THEN SET r = 'a'; ELSEIF x = 1 THEN SET r = 'b'; ELSE SET r = 'c'; END IF", "b"],
    ["IF over NULL", "IF NULL THEN SET r = 'a'; ELSE SET r = 'b'; END IF", "b"],
    ["CASE with a value", "CASE x WHEN 2 THEN SET r = 'a'; WHEN 1 THEN SET r = 'b'; END CASE", "b"],
    ["CASE with NULL", "CASE x WHEN NULL THEN SET r = 'a'; ELSE SET r = 'b'; END CASE", "b"],
    ["CASE with conditions", "CASE WHEN x > 5 THEN SET r = 'a'; ELSE SET r = 'c'; END CASE", "c"],
    ["LOOP and BREAK", "LOOP SET r = CONCAT(r, 'i'); IF LENGTH(r) = 3 THEN BREAK; END IF; END LOOP", "iii"],
    [
      "WHILE and CONTINUE",
      "WHILE x < 5 DO SET x = x + 1; IF MOD(x, 2) = 0 THEN CONTINUE; END IF; SET r = CONCAT(r, CAST(x AS STRING)); END WHILE",
      "35",
    ],
    ["REPEAT", "REPEAT SET r = CONCAT(r, 'r'); SET x = x + 1; UNTIL x >= 3 END REPEAT", "rr"],
    [
      "FOR in order",
      "FOR v IN (SELECT e, e * e AS q FROM UNNEST([2, 3, 1]) AS e ORDER BY e DESC) DO SET r = FORMAT('%s%d:%d ', r, v.e, v.q); END FOR",
      "3:9 2:4 1:1 ",
    ],
    ["FOR without rows", "FOR v IN (SELECT 1 AS e FROM UNNEST([1]) WHERE FALSE) DO SET r = 'no'; END FOR", ""],
    [
      "labels",
      "outside: LOOP WHILE TRUE DO SET r = CONCAT(r, 'x'); IF LENGTH(r) < 3 THEN ITERATE outside; END IF; LEAVE outside; END WHILE; END LOOP",
      "xxx",
    ],
    ["leaving a block", "b: BEGIN SET r = '1'; LEAVE b; SET r = '2'; END", "1"],
  ])("%s", async (_name, body, expected) => {
    expect(await rows(`DECLARE x INT64 DEFAULT 1; DECLARE r STRING DEFAULT ''; ${body}; SELECT r`)).toEqual([
      [expected],
    ]);
  });

  it("RETURN ends the script", async () => {
    expect(await rows("SELECT 1; RETURN; SELECT 2")).toEqual([[1n]]);
  });
});

describe("errors", () => {
  it.each([
    [
      "a syntax error anywhere, before anything runs",
      "CREATE TABLE d.never (a INT64);\nIF TRUE THEN SELECT 1; END",
      "Syntax error: Unexpected end of statement [at 2:27]",
    ],
    [
      "a late declaration",
      "SELECT 1; DECLARE x INT64",
      "Syntax error: Variable declarations are allowed only at the start of a block or script [at 1:11]",
    ],
    ["a wrong type", "DECLARE x INT64;\nSET x = 'a'", "Cannot coerce expression of type STRING to type INT64 [at 2:9]"],
    ["an unknown name", "BEGIN\n  SELECT nothing;\nEND", "Unrecognized name: nothing [at 2:10]"],
    ["a failing statement", "SELECT 1;\n SELECT CAST(CONCAT('a', 'b') AS INT64)", "Bad int64 value: ab [at 2:2]"],
    ["RAISE", "RAISE USING MESSAGE = CONCAT('no', 'pe')", "nope [at 1:1]"],
    ["ASSERT", "ASSERT 1 = 2 AS 'not equal'", "not equal [at 1:1]"],
    [
      "EXPORT",
      "EXPORT DATA OPTIONS (uri = 'x') AS SELECT 1",
      "EXPORT statement is not supported by the embedded engine [at 1:1]",
    ],
    ["COMMIT alone", "COMMIT", "COMMIT TRANSACTION without a transaction in progress [at 1:1]"],
    ["a missing dataset", "CREATE TABLE nowhere.t (a INT64)", "Not found: Dataset nowhere [at 1:1]"],
  ])("%s", async (_name, sql, message) => {
    expect(await failure(sql)).toBe(message);
  });

  it("ran nothing of a script with a syntax error", async () => {
    expect(await failure("SELECT * FROM d.never")).toMatch(/Table not found/);
  });

  it("EXCEPTION handles failures, raised messages and unknown tables", async () => {
    for (const [body, message] of [
      ["SELECT CAST(CONCAT('a', 'b') AS INT64)", "Bad int64 value: ab"],
      ["RAISE USING MESSAGE = 'mine'", "mine"],
      ["SELECT * FROM d.missing_table", "Not found: Table d.missing_table was not found"],
    ]) {
      expect(await rows(`BEGIN ${body}; EXCEPTION WHEN ERROR THEN SELECT @@error.message; END`)).toEqual([[message]]);
    }
  });

  it("RAISE alone passes the error on", async () => {
    const sql = "BEGIN SELECT 1; RAISE USING MESSAGE = 'first'; EXCEPTION WHEN ERROR THEN SELECT 2; RAISE; END";
    expect(await failure(sql)).toBe("first [at 1:17]");
  });
});

describe("a procedure with an EXCEPTION part of its own", () => {
  it("handles what its body fails with, by its parameters", async () => {
    const create = `CREATE PROCEDURE d.inverse(n INT64, OUT r STRING) BEGIN
        DECLARE inverse FLOAT64 DEFAULT 1 / n; SET r = CAST(inverse AS STRING);
      EXCEPTION WHEN ERROR THEN SET r = CONCAT(n, ': ', @@error.message); END`;
    await warehouse().script(create);
    const call = "DECLARE a, b STRING; CALL d.inverse(2, a); CALL d.inverse(0, b); SELECT a, b";
    expect(await rows(call)).toEqual([["0.5", "0: division by zero: 1 / 0"]]);
    await warehouse().script("DROP PROCEDURE d.inverse");
  });
});

describe("dynamic SQL, routines and transactions", () => {
  it("EXECUTE IMMEDIATE takes parameters and fills variables", async () => {
    const sql = `DECLARE total INT64; DECLARE top STRING;
      EXECUTE IMMEDIATE "SELECT SUM(v), MAX(@word) FROM UNNEST([1, 2, 3]) AS v WHERE v > ?" INTO total, top USING 1, 'w' AS word;
      SELECT total, top`;
    expect(await rows(sql)).toEqual([[5n, "w"]]);
    expect(await failure("EXECUTE IMMEDIATE 'SELECT\\n nope'")).toMatch(
      /Unrecognized name: nope.*in the executed SQL at 2:2.*\[at 1:1\]/,
    );
  });

  it("calls SQL functions, where an argument may have the name of a parameter", async () => {
    const sql = `CREATE TEMP FUNCTION plus(x INT64, y INT64) AS (x + y);
      CREATE TEMP FUNCTION largest(values_ ARRAY<INT64>) RETURNS INT64 AS ((SELECT MAX(x) FROM UNNEST(values_) AS x));
      CREATE TEMP FUNCTION both(a ANY TYPE) AS (plus(a, a));
      SELECT plus(y, x) AS p, largest([x, y, 3]) AS l, both(y) AS b, SUM(plus(x, 1)) AS s
      FROM (SELECT 10 AS x, 1 AS y) GROUP BY x, y`;
    expect(await rows(sql)).toEqual([[11n, 10n, 2n, 11n]]);
    expect(await failure("CREATE TEMP FUNCTION f(a INT64) AS (a); SELECT f(1, 2)")).toMatch(
      /No matching signature for function f for argument types: INT64, INT64\. Supported signature: f\(INT64\) \[at 1:48\]/,
    );
    expect(await failure("CREATE TEMP FUNCTION f(a INT64) AS (f(a))")).toMatch(/Function not found: F/);
  });

  it("keeps functions and procedures in the warehouse", async () => {
    await warehouse().script(`CREATE FUNCTION d.half(x INT64) AS (DIV(x, 2));
      CREATE PROCEDURE d.halves(n INT64, OUT steps INT64) BEGIN
        SET steps = 0;
        WHILE n > 1 DO SET n = d.half(n); SET steps = steps + 1; END WHILE;
      END`);
    expect(await rows("DECLARE s INT64; CALL d.halves(40, s); SELECT s")).toEqual([[5n]]);
    expect(await failure("CREATE FUNCTION d.half(x INT64) AS (x)")).toMatch(/Already Exists: Routine d.half/);
    await warehouse().script("DROP PROCEDURE d.halves; DROP FUNCTION d.half");
    expect(await failure("SELECT d.half(2)")).toMatch(/Function not found: D.HALF/);
  });

  it("rolls a transaction back, and one that a failing script has left open", async () => {
    await warehouse().script("CREATE TABLE d.tx (a INT64)");
    await warehouse().script("BEGIN TRANSACTION; INSERT INTO d.tx VALUES (1); ROLLBACK TRANSACTION");
    expect(
      await failure("BEGIN TRANSACTION; INSERT INTO d.tx VALUES (2); SELECT CAST(CONCAT('a', '') AS INT64)"),
    ).toMatch(/Bad int64/);
    await warehouse().script("BEGIN TRANSACTION; INSERT INTO d.tx VALUES (3); COMMIT TRANSACTION");
    expect(await rows("SELECT a FROM d.tx")).toEqual([[3n]]);
  });
});

describe("in a transaction of the runner", () => {
  it("runs scripts, and handles what leaves the transaction alive", async () => {
    const result = await warehouse().transaction(async (transaction) => {
      await transaction.execute(`DECLARE n INT64 DEFAULT 2;
        CREATE TABLE d.inside AS SELECT n AS n;
        BEGIN RAISE USING MESSAGE = 'x'; EXCEPTION WHEN ERROR THEN INSERT INTO d.inside VALUES (3); END`);
      return transaction.query("SELECT n FROM d.inside ORDER BY n");
    });
    expect(result.rows).toEqual([[2n], [3n]]);
  });

  it("handles errors that make the engine give the transaction up, and keeps what was done before them", async () => {
    const failing = "SELECT SUM(CAST(CONCAT('a', v) AS INT64)) FROM d.handled";
    const result = await warehouse().transaction(async (transaction) => {
      await transaction.execute("CREATE TABLE d.handled AS SELECT 'x' AS v");
      await transaction.execute(`DECLARE n INT64 DEFAULT 0;
        WHILE n < 2 DO
          BEGIN
            INSERT INTO d.handled VALUES (CAST(n AS STRING));
            ${failing};
          EXCEPTION WHEN ERROR THEN
            SET n = n + 1;
            INSERT INTO d.handled VALUES (@@error.message), (@@error.statement_text);
          END;
        END WHILE`);
      return transaction.query("SELECT v, COUNT(*) AS n FROM d.handled GROUP BY v ORDER BY v");
    });
    expect(result.rows).toEqual([
      ["0", 1n],
      ["1", 1n],
      ["Bad int64 value: ax", 2n],
      [failing, 2n],
      ["x", 1n],
    ]);
  });
});

describe("BIGNUMERIC", () => {
  it("goes through variables, loops and tables with all its digits", async () => {
    const sql = `DECLARE b BIGNUMERIC DEFAULT 1.5; DECLARE c BIGNUMERIC;
      CREATE OR REPLACE TABLE d.big (b BIGNUMERIC);
      FOR r IN (SELECT BIGNUMERIC '0.00000000000000000025' AS x) DO SET b = b + r.x * 2; END FOR;
      EXECUTE IMMEDIATE 'SELECT BIGNUMERIC "3"' INTO c;
      INSERT INTO d.big SELECT ROUND(b, 18) + c; INSERT INTO d.big VALUES (c);
      UPDATE d.big SET b = b * 2 WHERE b > 4;
      SELECT CAST(b AS STRING), (SELECT STRING_AGG(CAST(b AS STRING) ORDER BY b) FROM d.big)`;
    expect(await rows(sql)).toEqual([["1.5000000000000000005", "3,9.000000000000000002"]]);
  });
});

describe("in a transaction of the script", () => {
  it("goes on after a handled error with what the transaction had done", async () => {
    const sql = `DECLARE n INT64 DEFAULT 7;
      CREATE OR REPLACE TABLE d.own (a INT64);
      BEGIN
        BEGIN TRANSACTION;
        INSERT INTO d.own VALUES (n);
        SET n = 8;
        INSERT INTO d.own SELECT CAST(CONCAT('a', CAST(a AS STRING)) AS INT64) FROM d.own;
      EXCEPTION WHEN ERROR THEN
        INSERT INTO d.own VALUES (n);
        ROLL;
      END;
      SELECT a FROM d.own ORDER BY a`;
    expect(await rows(sql.replace("ROLL", "COMMIT TRANSACTION"))).toEqual([[7n], [8n]]);
    expect(await rows(sql.replace("ROLL", "ROLLBACK TRANSACTION"))).toEqual([]);
  });
});
