import { describe, expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { translated, value } = queriesOnEngine();

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

  it("does not grow with every variable that reads one twice", async () => {
    const variables = Array.from({ length: 39 }, (_, i) => `a${i + 1} AS a${i} + a${i}`).join(", ");
    expect(await value(`WITH(a0 AS x, ${variables}, a39)`, "FROM UNNEST([1]) AS x")).toBe(String(2 ** 39));
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
