import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows } = queriesOnEngine();

const ROWS = "UNNEST([STRUCT(1 AS g, 2.5 AS x, 'a' AS k), (1, 3.5, 'b'), (2, 9.5, 'a'), (2, 1.5, 'b')])";

it.each([
  "SUM(x HAVING MAX k) > 3",
  "COUNT(x HAVING MAX x) = 1 AND MIN(x HAVING MAX k) > 3",
  "APPROX_TOP_SUM(k, x, 1)[OFFSET(0)].sum < 9",
  "APPROX_TOP_COUNT(x, 1)[OFFSET(0)].value > 2",
  "APPROX_QUANTILES(x, 1 RESPECT NULLS)[OFFSET(0)] > 2",
  "EUCLIDEAN_DISTANCE(ARRAY_AGG(STRUCT(k, x)), [STRUCT('a', 0.0)]) < 5",
])("HAVING %s", async (condition) => {
  expect(await rows(`SELECT g FROM ${ROWS} GROUP BY g HAVING ${condition}`)).toEqual([["1"]]);
});

it("ARRAY_AGG of no rows is NULL, as where NaN is the extreme key", async () => {
  const from = "UNNEST([STRUCT(1 AS x, CAST('nan' AS FLOAT64) AS y), (2, 3)])";
  expect(await rows(`SELECT ARRAY_AGG(x HAVING MAX y) IS NULL, COUNT(x HAVING MAX y) FROM ${from}`)).toEqual([
    [true, "0"],
  ]);
});
