import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows } = queriesOnEngine();

const ROWS = `(SELECT 1 AS k, [1, 2, 3] AS a, [10, 20] AS b UNION ALL SELECT 2, [5], [7, 8, 9] UNION ALL SELECT 3, [], [1])`;

it.each([
  [
    "of two arrays by their offsets",
    "SELECT COALESCE(x + y, x, y) FROM UNNEST(t.a) AS x WITH OFFSET i FULL JOIN UNNEST(t.b) AS y WITH OFFSET j ON i = j ORDER BY COALESCE(i, j)",
    [[11, 22, 3], [12, 8, 9], [1]],
  ],
  [
    "of common tables",
    `WITH l AS (SELECT x, i FROM UNNEST(t.a) AS x WITH OFFSET i), r AS (SELECT y, i FROM UNNEST(t.b) AS y WITH OFFSET i)
     SELECT i * 100 + IFNULL(l.x, 0) + IFNULL(r.y, 0) FROM l FULL OUTER JOIN r USING (i) ORDER BY i`,
    [[11, 122, 203], [12, 108, 209], [1]],
  ],
  [
    "with a condition that is no equality",
    "SELECT COALESCE(x + y, x, y) FROM UNNEST(t.a) AS x FULL JOIN UNNEST([2, 9]) AS y ON x > y ORDER BY 1",
    [
      [1, 2, 5, 9],
      [7, 9],
      [2, 9],
    ],
  ],
])("a full join within a correlated subquery: %s", async (_, query, expected) => {
  const found = await rows(`SELECT ARRAY(${query}) AS v FROM ${ROWS} AS t ORDER BY k`);
  expect(found.map(([list]) => (list as unknown[]).map(Number))).toEqual(expected);
});

it("a full join within a subquery passes on whole rows", async () => {
  const sql = `SELECT ARRAY(SELECT TO_JSON_STRING(STRUCT(l, r)) FROM UNNEST([STRUCT(1 AS id, 'a' AS n)]) AS l FULL JOIN (SELECT t.k AS id, 'b' AS m) AS r USING (id)) AS v FROM (SELECT 1 AS k) AS t`;
  expect(await rows(sql)).toEqual([[['{"l":{"id":1,"n":"a"},"r":{"id":1,"m":"b"}}']]]);
});
