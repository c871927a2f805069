import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows } = queriesOnEngine();

/** Calls whose macros name an argument once, more than once, or both, over columns of the outer query. */
const CALLS = [
  "LOWER(s)",
  "TRIM(s)",
  "LEFT(s, n)",
  "LPAD(s, 5, '0')",
  "RPAD(s, 5, s)",
  "REPEAT(s, n)",
  "SUBSTR(s, n)",
  "REPLACE(s, 'b', s)",
  "SPLIT(s, 'b')[OFFSET(0)]",
  "REGEXP_EXTRACT(s, 'b.')",
  "SAFE_CAST(s AS INT64)",
  "CAST(x AS STRING)",
  "SAFE_DIVIDE(n, x)",
  "IEEE_DIVIDE(n, x)",
  "DIV(n, n)",
  "MOD(n, n)",
  "ROUND(x, 1)",
  "CAST(x AS NUMERIC) / CAST(n AS NUMERIC)",
  "CAST(x AS NUMERIC) * CAST(n AS NUMERIC)",
  "x < n",
  "FORMAT('%s-%d', s, n)",
  "DATE(t)",
  "DATE(t, 'Asia/Tokyo')",
  "DATE_DIFF(DATE(t), DATE '2020-02-29', WEEK)",
  "DATE_TRUNC(DATE(t), ISOWEEK)",
  "LAST_DAY(DATE(t))",
  "TIMESTAMP_TRUNC(t, HOUR, 'America/New_York')",
  "TIMESTAMP_ADD(t, INTERVAL n HOUR)",
  "t + INTERVAL 1 DAY",
  "FORMAT_TIMESTAMP('%F', t, 'Europe/Berlin')",
  "ARRAY_LENGTH(GENERATE_TIMESTAMP_ARRAY(t, t + INTERVAL 2 HOUR, INTERVAL 1 HOUR))",
  "ARRAY_LENGTH(GENERATE_DATE_ARRAY(DATE(t), DATE_ADD(DATE(t), INTERVAL n DAY)))",
  "TIMESTAMP_BUCKET(t, INTERVAL 3 HOUR)",
  "NULLIF(n, 0)",
  "ARRAY_TO_STRING(ARRAY_REVERSE(['x', s]), ',')",
  "ARRAY_TO_STRING([s, s], ',')",
  "TO_HEX(MD5(s))",
  "JSON_VALUE(TO_JSON(STRUCT(s AS k)), '$.k')",
];

const OUTER = "(SELECT 'abc' AS s, 2 AS n, 1.25 AS x, TIMESTAMP '2024-03-10 07:30:00+00' AS t)";

it.each(CALLS)("%s of columns of the outer query is what it is there", async (call) => {
  const [row] = await rows(
    `SELECT
      TO_JSON_STRING(STRUCT(${call} AS v)),
      TO_JSON_STRING((SELECT AS STRUCT ${call} AS v)),
      TO_JSON_STRING((SELECT AS STRUCT MAX(${call}) AS v FROM UNNEST([1, 2]))),
      TO_JSON_STRING(ARRAY(SELECT STRUCT(${call} AS v) FROM UNNEST([1]))[OFFSET(0)]),
      (SELECT TO_JSON_STRING(STRUCT(e.v AS v)) FROM UNNEST([STRUCT('k' AS k, ${call} AS v)]) AS e),
      EXISTS (SELECT 1 FROM UNNEST([1]) WHERE TO_JSON_STRING(${call}) = TO_JSON_STRING((SELECT ${call})))
    FROM ${OUTER}`,
  );
  const [plain, ...others] = row as unknown[];
  expect(others).toEqual([plain, plain, plain, plain, true]);
});
