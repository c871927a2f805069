import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows } = queriesOnEngine();

/** Calls in which DuckDB maps lists, whose elements have fields. */
const CALLS = [
  "MAX(PARSE_DATE('%Y%m%d', day))",
  "MAX(PARSE_TIMESTAMP('%Y%m%d', day))",
  "MAX(SAFE.PARSE_DATETIME('%Y%m%d', day))",
  "TO_JSON_STRING(APPROX_TOP_SUM(n, n, 2))",
  "TO_JSON_STRING(APPROX_TOP_COUNT(n, 2))",
  "TO_JSON_STRING(APPROX_QUANTILES(n, 2 RESPECT NULLS))",
  "MAX(EUCLIDEAN_DISTANCE(vec, vec))",
  "SUM(n HAVING MAX n)",
  "COUNT(DISTINCT day HAVING MIN n)",
];

const COLUMNS = "'20240105' AS day, [STRUCT('a' AS place, 1.0 AS value), STRUCT('b' AS place, 2.0 AS value)] AS vec, n";
const VALUE =
  "STRUCT('20230105' AS s, 7 AS v, 9 AS w, [1] AS l, [2] AS r, 5 AS k, 'zz' AS place, 8 AS value, 3 AS n, STRUCT(1 AS v) AS key)";

it.each(CALLS)("%s is the same beside columns of any name", async (call) => {
  const others = ["e", "p", "t", "g", "h"].map((name) => `${VALUE} AS ${name}`).join(", ");
  const one = (columns: string) =>
    rows(`SELECT TO_JSON_STRING(STRUCT(${call} AS v)) FROM (SELECT ${columns} FROM UNNEST([1, 2, 2, 3]) AS n)`);
  expect(await one(`${COLUMNS}, ${others}`)).toEqual(await one(COLUMNS));
});
