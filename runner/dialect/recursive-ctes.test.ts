import { describe, expect, it } from "vitest";
import { scanQuery } from "../googlesql/index.js";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows, translated } = queriesOnEngine();

const counting = (union: string, condition: string): string =>
  `WITH RECURSIVE r AS (SELECT 1 AS n, 'x' AS t ${union} SELECT n + 1, t FROM r WHERE ${condition}) SELECT COUNT(*), MAX(n) FROM r`;

describe("a recursive CTE", () => {
  it.each(["UNION ALL", "UNION DISTINCT"])("of %s ends after 500 iterations", async (union) => {
    expect(await rows(counting(union, "n < 3"))).toEqual([["3", "3"]]);
    expect(await rows(counting(union, "n < 500"))).toEqual([["500", "500"]]);
    const endless = rows(counting(union, "TRUE"));
    await expect(endless).rejects.toThrow("A recursive CTE has reached the maximum number of iterations: 500");
  });

  it("of UNION DISTINCT ends where nothing new is found, though the same rows come again", async () => {
    const graph = "UNNEST([STRUCT(1 AS a, 2 AS b), (2, 3), (3, 1), (1, 3)])";
    const sql = `WITH RECURSIVE r AS (SELECT 1 AS n UNION DISTINCT SELECT b FROM r JOIN ${graph} ON a = n) SELECT n FROM r ORDER BY n`;
    expect(await rows(sql)).toEqual([["1"], ["2"], ["3"]]);
  });

  it("keeps its count to itself", async () => {
    const sql =
      "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 2) SELECT * FROM r JOIN r AS s USING (n)";
    expect(await rows(`${sql} ORDER BY n`)).toEqual([["1"], ["2"]]);
  });
});

describe("WITH RECURSIVE", () => {
  it.each([
    ["WITH RECURSIVE b AS (SELECT n * 10 AS m FROM a), a AS (SELECT 1 AS n) SELECT m FROM b", [["10"]]],
    [
      "WITH RECURSIVE c AS (SELECT n FROM b UNION ALL SELECT n + 1 FROM c WHERE n < 3), b AS (SELECT 2 AS n) SELECT n FROM c ORDER BY n",
      [["2"], ["3"]],
    ],
    [
      "WITH RECURSIVE a AS (WITH b AS (SELECT 5 AS n) SELECT n FROM b), b AS (SELECT n FROM a) SELECT n FROM b",
      [["5"]],
    ],
  ])("lets entries read later ones: %s", async (sql, expected) => {
    expect(await rows(sql)).toEqual(expected);
    expect(scanQuery(sql).tables).toEqual([]);
  });

  it("refuses entries that read each other", () => {
    const message = "Unsupported WITH entry dependency cycle: a => b => a";
    expect(() => translated("WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT 1")).toThrow(message);
    expect(() => translated("WITH a AS (SELECT * FROM b), b AS (SELECT 1 AS n) SELECT * FROM a")).toThrow("b");
  });
});

describe("a recursive term", () => {
  const recursive = (term: string) =>
    `WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL ${term}) SELECT n FROM r ORDER BY n`;
  const T = "(SELECT 1 AS m) AS t";

  it.each([
    ["SELECT n + 1 FROM r JOIN (SELECT n FROM r) AS s USING (n) WHERE n < 3", "must reference r exactly once"],
    ["SELECT n + 1 FROM (SELECT n FROM r UNION ALL SELECT n FROM r) WHERE n < 3", "must reference r exactly once"],
    ["SELECT (SELECT MAX(n) FROM r)", "inside an expression subquery"],
    ["SELECT 2 FROM UNNEST([1]) WHERE EXISTS (SELECT 1 FROM r WHERE n < 2)", "inside an expression subquery"],
    ["SELECT m FROM UNNEST(ARRAY(SELECT n + 1 FROM r WHERE n < 2)) AS m", "inside an expression subquery"],
    ["SELECT n + 1 FROM r FULL JOIN (SELECT 1 AS m) AS t ON FALSE WHERE n < 3", "in a FULL JOIN"],
    [`SELECT m + 1 FROM ${T} LEFT JOIN r ON n = m WHERE n < 3`, "as the right side of a LEFT JOIN"],
    [`SELECT m + 1 FROM r RIGHT JOIN ${T} ON n = m WHERE n < 3`, "as the left side of a RIGHT JOIN"],
    ["SELECT MAX(n) + 1 FROM r HAVING MAX(n) < 3", "with aggregate functions"],
    ["SELECT n + 1 FROM r WHERE n < 3 GROUP BY n", "with GROUP BY"],
    ["SELECT DISTINCT n + 1 FROM r WHERE n < 3", "with DISTINCT"],
    ["SELECT n + RANK() OVER (ORDER BY n) FROM r WHERE n < 3", "with window functions"],
    ["SELECT n + 1 FROM r WHERE n < 3 QUALIFY RANK() OVER (ORDER BY n) = 1", "with window functions"],
    ["(SELECT n + 1 FROM r WHERE n < 3 ORDER BY n)", "with ORDER BY"],
    ["SELECT n + 1 FROM (SELECT n FROM r WHERE n < 3 LIMIT 1)", "with LIMIT"],
    ["(WITH s AS (SELECT n FROM r WHERE n < 3) SELECT n + 1 FROM s)", "inside an inner WITH clause"],
    ["SELECT * FROM (SELECT n, 1 AS k FROM r) PIVOT (MAX(n) FOR k IN (1))", "with aggregate functions"],
  ])("may not read its table so: %s", (term, message) => {
    expect(() => translated(recursive(term))).toThrow(message);
  });

  it.each([
    `SELECT n + 1 FROM r LEFT JOIN ${T} ON n = m WHERE n < 3`,
    `SELECT n + 1 FROM ${T} RIGHT JOIN r ON n = m WHERE n < 3`,
    "SELECT n + 1 FROM (SELECT n FROM r WHERE n < 3)",
    "SELECT n + (SELECT MAX(m) FROM UNNEST([1, n]) AS m WHERE m = 1) FROM r WHERE n < 3",
    "SELECT n + k FROM r, (SELECT COUNT(*) AS k FROM UNNEST([1])) WHERE n < 3",
    "(WITH s AS (SELECT 1 AS k) SELECT n + k FROM r, s WHERE n < 3)",
  ])("may read its table so: %s", async (term) => {
    expect(await rows(recursive(term))).toEqual([["1"], ["2"], ["3"]]);
  });
});
