import { describe, expect, it } from "vitest";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, failure } = scriptsOn("CREATE SCHEMA d");

const FUNCTIONS = `
  CREATE TEMP FUNCTION mode_last(list ANY TYPE) AS ((
    SELECT v FROM UNNEST(list) AS v WITH OFFSET o GROUP BY v ORDER BY COUNT(v) DESC, MAX(o) DESC LIMIT 1));
  CREATE TEMP FUNCTION mode(list ANY TYPE) AS (mode_last(list));
  CREATE TEMP FUNCTION map_sum(entries ANY TYPE) AS (
    ARRAY(SELECT AS STRUCT key, SUM(value) AS value FROM UNNEST(entries) GROUP BY key ORDER BY key));
  CREATE TEMP FUNCTION merged(aggs ANY TYPE) AS ((
    WITH sums AS (SELECT m, map_sum(ARRAY_CONCAT_AGG(value)) AS value FROM UNNEST(aggs) GROUP BY m)
    SELECT TO_JSON_STRING(ARRAY_AGG(STRUCT(m, value) ORDER BY m)) FROM sums));
  WITH t AS (SELECT 1 AS k, 'a' AS x, 1 AS ts UNION ALL SELECT 1, 'b', 2 UNION ALL SELECT 1, 'b', 3 UNION ALL SELECT 2, 'c', 4)
`;
const WINDOW = "WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)";

describe("functions whose body holds a query", () => {
  it.each([
    [
      "on window calls",
      `SELECT ts, mode(ARRAY_AGG(x) OVER w), mode_last(ARRAY_AGG(ts) OVER w), ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) FROM t ${WINDOW} ORDER BY ts`,
      [
        [1n, "b", 3n, 1n],
        [2n, "b", 3n, 2n],
        [3n, "b", 3n, 3n],
        [4n, "c", 4n, 1n],
      ],
    ],
    [
      "beside a star",
      `SELECT DISTINCT *, mode(ARRAY_AGG(x) OVER (PARTITION BY k)) FROM t WHERE ts > 2 ORDER BY ts`,
      [
        [1n, "b", 3n, "b"],
        [2n, "c", 4n, "c"],
      ],
    ],
    [
      "within an expression",
      "SELECT IF(k > 1, CONCAT(mode(ARRAY_AGG(x)), '!'), 'none') FROM t GROUP BY k ORDER BY k",
      [["none"], ["c!"]],
    ],
    [
      "on grouping expressions",
      "SELECT k + 1, mode([k + 1, COUNT(*) + 5]) FROM t GROUP BY k + 1 ORDER BY SUM(ts)",
      [
        [3n, 6n],
        [2n, 8n],
      ],
    ],
    [
      "on a star of what they make",
      "SELECT mode([STRUCT(k AS a, MAX(x) AS b)]).* FROM t GROUP BY k ORDER BY a",
      [
        [1n, "b"],
        [2n, "c"],
      ],
    ],
    [
      "on the subtotals of a ROLLUP",
      "SELECT k, mode([GROUPING(k), GROUPING(k)]) FROM t GROUP BY ROLLUP (k) ORDER BY k",
      [
        [null, 1n],
        [1n, 0n],
        [2n, 0n],
      ],
    ],
    [
      "that HAVING asks for by its alias",
      "SELECT k, mode(ARRAY_AGG(x)) AS m, SUM(ts) FROM t GROUP BY k HAVING m > 'b' AND COUNT(*) > 0",
      [[2n, "c", 4n]],
    ],
    [
      "that QUALIFY asks for by its alias",
      "SELECT ts, mode(ARRAY_AGG(x) OVER (PARTITION BY k)) AS m FROM t WHERE TRUE QUALIFY m > 'b' OR ROW_NUMBER() OVER (ORDER BY ts) = 1 ORDER BY m",
      [
        [1n, "b"],
        [4n, "c"],
      ],
    ],
    [
      "within another such function",
      "SELECT merged([STRUCT('m' AS m, [STRUCT('k' AS key, k AS value), ('l', 2)] AS value), ('m', [('k', 5)])]) FROM t WHERE ts > 2 ORDER BY ts",
      [
        ['[{"m":"m","value":[{"key":"k","value":6},{"key":"l","value":2}]}]'],
        ['[{"m":"m","value":[{"key":"k","value":7},{"key":"l","value":2}]}]'],
      ],
    ],
  ])("are called %s", async (_name, query, expected) => {
    expect(await rows(`${FUNCTIONS} ${query}`)).toEqual(expected);
  });

  it("take no column that is neither grouped nor aggregated", async () => {
    expect(await failure(`${FUNCTIONS} SELECT x, mode(ARRAY_AGG(ts)) FROM t GROUP BY k`)).toContain(
      "column x which is neither grouped nor aggregated",
    );
  });
});

it("a field of a NULL that is written has no elements", async () => {
  expect(await rows("SELECT (SELECT SUM(v) FROM UNNEST(CAST(NULL AS STRUCT<a ARRAY<INT64>>).a) AS v)")).toEqual([
    [null],
  ]);
});
