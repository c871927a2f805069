import { describe, expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows, translated } = queriesOnEngine();

const value = async (expression: string, from = ""): Promise<unknown> =>
  (await rows(`SELECT ${expression} AS v ${from}`)).at(0)?.[0];

describe("a chained call", () => {
  it.each<[string, unknown, string?]>([
    ["('abc').SUBSTR(2).UPPER()", "BC"],
    ["'abcdef'.left(3).upper().right(2)", "BC"],
    ["'abc'.`left`(2)", "ab"],
    ["TRUE.IF(1, 4)", "1"],
    ["(x).UPPER()", "Q", "FROM (SELECT 'q' AS x)"],
    ["(t.s).a.UPPER()", "Q", "FROM (SELECT STRUCT('q' AS a) AS s) AS t"],
    ["x[OFFSET(0)].UPPER()", "Q", "FROM (SELECT ['q'] AS x)"],
    ["CONCAT('a', 'b').LENGTH() + 1", "3"],
    ["(1 + 2).(SAFE.DIV)(0)", null],
    ["b'\\x7f\\x00\\x00\\x01'.(NET.IP_TO_STRING)()", "127.0.0.1"],
    ["'2023-01-31'.DATE_ADD(INTERVAL 1 MONTH)", "2023-02-28"],
    ["[1, 2, 3].ARRAY_LENGTH()", "3"],
    ["(x).SUM()", "6", "FROM UNNEST([1, 2, 3]) AS x"],
    ["(x).STRING_AGG(',' ORDER BY x DESC)", "b,a", "FROM UNNEST(['a', 'b']) AS x"],
    ["(x).COUNT(DISTINCT)", "1", "FROM UNNEST([1, 1]) AS x"],
    ["(x).SUM() OVER ()", "3", "FROM UNNEST([1, 2]) AS x"],
  ])("%s", async (expression, expected, from) => {
    expect(await value(expression, from)).toEqual(expected);
  });

  it("needs parentheses around a column", () => {
    expect(() => translated("SELECT x.UPPER() FROM (SELECT 'q' AS x)")).toThrow("Function not found: X.UPPER");
    expect(() => translated("SELECT (x).GROUPING() FROM (SELECT 'q' AS x) GROUP BY x")).toThrow(
      "Function `GROUPING` does not support chained function calls",
    );
  });
});

describe("a WITH expression", () => {
  it.each<[string, unknown, string?]>([
    ["WITH(a AS '123', b AS CONCAT(a, '456'), c AS '789', CONCAT(b, c))", "123456789"],
    ["1 + WITH(a AS 2, (WITH(a AS a * 10, a + 1)) + a)", "24"],
    ["WITH(a AS RAND(), b AS a, a - b)", 0],
    ["WITH(s AS SUM(x), c AS COUNT(x), s / c)", 2, "FROM UNNEST([1.0, 2.0, 3.0]) AS x"],
    ["WITH(a AS SUM(x), (SELECT MAX(y) FROM UNNEST([1, 2]) AS y) + a)", "8", "FROM UNNEST([1, 2, 3]) AS x"],
    ["WITH(x AS x + 1, x)", "2", "FROM (SELECT 1 AS x)"],
    ["WITH(t AS STRUCT(5 AS x), t.x)", "5", "FROM (SELECT 1 AS x) AS t"],
    ["WITH(a AS x, ARRAY(SELECT a + y FROM UNNEST([1, 2]) AS y))", ["2", "3"], "FROM (SELECT 1 AS x)"],
  ])("%s", async (expression, expected, from) => {
    expect(await value(expression, from)).toEqual(expected);
  });

  it.each([
    ["WITH(d AS x - 1, AVG(d))", "WITH variables like 'd' can't be used in aggregate or analytic function arguments"],
    ["WITH(d AS x, FIRST_VALUE(d) OVER (ORDER BY x))", "WITH variables like 'd' can't be used"],
    ["WITH(a AS 1, A AS 2, a)", "Duplicate variable A in WITH expression"],
    ["WITH(a AS b, b AS 1, a)", "Unrecognized name: b"],
    ["WITH(x)", "Expected a variable with AS"],
  ])("refuses %s", (expression, message) => {
    expect(() => translated(`SELECT ${expression} FROM UNNEST([1, 2]) AS x`)).toThrow(message);
  });
});
