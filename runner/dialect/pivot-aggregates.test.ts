import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows } = queriesOnEngine();

const ROWS = "(SELECT 1 AS x, 5 AS y, 'p' AS k UNION ALL SELECT 3, 1, 'p' UNION ALL SELECT 9, 2, 'q')";

it("PIVOT takes aggregates with HAVING, of the rows of each value", async () => {
  const aggregates = "MAX(x HAVING MIN y) AS a, ANY_VALUE(x HAVING MAX y) AS b";
  expect(await rows(`SELECT * FROM ${ROWS} PIVOT (${aggregates} FOR k IN ('p', 'q', 'r'))`)).toEqual([
    ["3", "1", "9", "9", null, null],
  ]);
});
