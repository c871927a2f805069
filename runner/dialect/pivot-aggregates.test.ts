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

const DAYS = "(SELECT 'A' AS k, 7 AS month, DATE '2024-01-05' AS d, 10 AS v UNION ALL SELECT 'A', 8, '2024-02-06', 1)";

it.each([
  // The columns by which the rows are grouped are those that PIVOT does not read; a part of a date is none.
  [
    `${DAYS} PIVOT (SUM(v) FOR EXTRACT(MONTH FROM d) IN (1, 2))`,
    [
      ["A", "7", "10", null],
      ["A", "8", null, "1"],
    ],
  ],
  [
    `${DAYS} PIVOT (SUM(v) FOR DATE_TRUNC(d, MONTH) IN (DATE '2024-01-01' AS j))`,
    [
      ["A", "7", "10"],
      ["A", "8", null],
    ],
  ],
  [
    `${DAYS} AS t PIVOT (MAX(DATE_DIFF(t.d, '2024-01-01', DAY)) FOR LOWER(t.k) IN ('a'))`,
    [
      ["7", "10", "4"],
      ["8", "1", "36"],
    ],
  ],
  [
    `${DAYS} PIVOT (SUM(ARRAY_LENGTH(ARRAY_FILTER([v], month -> month > 5))) FOR k IN ('A'))`,
    [
      ["7", "2024-01-05", "1"],
      ["8", "2024-02-06", "0"],
    ],
  ],
])("PIVOT groups %s by what it does not read", async (from, expected) => {
  expect(await rows(`SELECT * FROM ${from} ORDER BY 1, 2`)).toEqual(expected);
});

it("PIVOT computes nothing of the rows of other values", async () => {
  const quotients = "(SELECT 'a' AS k, 2 AS x UNION ALL SELECT 'b', 0)";
  expect(await rows(`SELECT * FROM ${quotients} PIVOT (SUM(10 / x) FOR k IN ('a', 'c'))`)).toEqual([[5, null]]);
});
