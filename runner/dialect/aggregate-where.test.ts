import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows, translated } = queriesOnEngine();

const SEASONS = `UNNEST([STRUCT('spring' AS season, 9 AS inches), ('winter', 1), ('fall', 3), ('summer', 5), ('spring', 7), ('winter', 2)])`;
const XYZ = "UNNEST([STRUCT(1 AS x, 1 AS y, 0 AS z), (2, 1, 2), (3, 1, NULL)])";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/aggregate-function-calls */
it.each([
  [
    `AVG(inches WHERE season IN ('spring', 'summer')), AVG(inches WHERE season IN ('fall', 'winter')) FROM ${SEASONS}`,
    [7, 2],
  ],
  [
    `COUNT(* WHERE x > 1), COUNT(DISTINCT y WHERE x > 1), COUNT(x WHERE NULL), SUM(x WHERE x > 9) FROM ${XYZ}`,
    ["2", "1", "0", null],
  ],
  [
    `ARRAY_AGG(x WHERE x > 1 ORDER BY x DESC), ARRAY_AGG(DISTINCT x WHERE x > 1 ORDER BY x) FROM ${XYZ}`,
    [
      ["3", "2"],
      ["2", "3"],
    ],
  ],
  [
    `STRING_AGG(CAST(x AS STRING), '|' WHERE x > 1 ORDER BY x DESC LIMIT 1), MAX_BY(x, z WHERE x < 3) FROM ${XYZ}`,
    ["3", "2"],
  ],
  [`ANY_VALUE(x WHERE x < 3 HAVING MAX x), SUM(x WHERE x > 1 HAVING MIN x) FROM ${XYZ}`, ["2", "2"]],
  // What the condition leaves out is not computed.
  [`SUM(10 / z WHERE z <> 0), ARRAY_AGG(10 / z WHERE z <> 0 ORDER BY 1 / z) FROM ${XYZ}`, [5, [5]]],
  [`SUM(x WHERE x > 1) OVER (ORDER BY x DESC) FROM ${XYZ} QUALIFY COUNT(* WHERE x = 3) OVER (ORDER BY x) = 1`, ["3"]],
])("SELECT %s", async (query, expected) => {
  expect((await rows(`SELECT ${query}`))[0]).toEqual(expected);
});

it.each([
  ["ABS(x WHERE x > 1)", "WHERE is not supported in calls to ABS"],
  ["ROW_NUMBER(WHERE x > 1) OVER ()", "Syntax error"],
  ["LAG(x WHERE x > 1) OVER (ORDER BY x)", "Analytic function LAG does not support aggregate modifiers"],
  ["SUM(x WHERE x)", "WHERE clause should return type BOOL, but returns INT64"],
  ["SUM(x WHERE SUM(x) > 1)", "Aggregations of aggregations are not allowed"],
  ["AVG(SUM(x) GROUP BY y)", "GROUP BY within an aggregate function is not supported"],
])("SELECT %s is refused", (call, message) => {
  expect(() => translated(`SELECT ${call} FROM ${XYZ}`)).toThrow(message);
});
