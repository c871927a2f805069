import { describe, expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { translated, value } = queriesOnEngine();

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
