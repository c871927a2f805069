import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows } = queriesOnEngine();

const GROUPED = "FROM UNNEST([1, 1, 2]) AS x GROUP BY x";

it.each([
  ["COUNT(x)", [2, 2]],
  ["SUM(x)", [2, 4]],
  ["SUM(x + 1)", [4, 6]],
  ["COUNT(DISTINCT x)", [1, 1]],
  ["ARRAY_LENGTH(ARRAY_AGG(x))", [2, 2]],
  ["SUM(x) + SUM(q)", [5, 7]],
])("%s of a grouping key of the outer query is one over the rows of the subquery", async (call, expected) => {
  const of = `(SELECT ${call} FROM UNNEST([1, 2]) AS q)`;
  expect(await rows(`SELECT x, ${of} ${GROUPED} ORDER BY x`)).toEqual(expected.map((n, i) => [`${i + 1}`, `${n}`]));
  expect(await rows(`SELECT x ${GROUPED} HAVING ${of} = ${expected[0]} ORDER BY x LIMIT 1`)).toEqual([["1"]]);
});

it.each([
  ["an aggregate", "SUM(SUM(q)) OVER ()", ["6", "6"]],
  ["a key", "SUM(q) OVER (PARTITION BY q)", ["2", "4"]],
])("a window over %s of its own query stays what it is within a subquery", async (_, call, expected) => {
  const grouped = `SELECT ${call} AS v FROM UNNEST([STRUCT(0 AS p, x * 2 AS q), (1, 4)]) GROUP BY q`;
  expect(await rows(`SELECT ARRAY(${grouped} ORDER BY v) FROM UNNEST([1]) AS x`)).toEqual([[expected]]);
});
