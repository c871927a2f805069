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

/** Calls of two columns: one of the outer query, one of the subquery's own. */
const OF_BOTH: readonly (readonly [call: string, a: string, b: string])[] = [
  ["ROUND(a, b)", "1.25", "1"],
  ["ROUND(CAST(a AS NUMERIC), b)", "1.25", "1"],
  ["TRUNC(a, b)", "-1.25", "1"],
  ["REGEXP_CONTAINS(a, b)", "'abc'", "'b.'"],
  ["REGEXP_EXTRACT(a, b)", "'abc'", "'b.'"],
  ["REGEXP_EXTRACT_ALL(a, b)", "'abc'", "'b.'"],
  ["REGEXP_SUBSTR(a, b)", "'abc'", "'b.'"],
  ["REGEXP_INSTR(a, b)", "'abc'", "'b.'"],
  ["REGEXP_REPLACE(a, b, 'x')", "'abc'", "'b.'"],
  ["REGEXP_REPLACE('abc', a, b)", "'(b)'", "r'<\\1>'"],
  ["SAFE.REGEXP_EXTRACT(a, b)", "'abc'", "'b.'"],
  ["FORMAT_DATE(a, b)", "'%F'", "DATE '2024-01-02'"],
  ["FORMAT_TIMESTAMP(a, b)", "'%F'", "TIMESTAMP '2024-01-02 00:00:00+00'"],
  ["PARSE_DATE(a, b)", "'%F'", "'2024-01-02'"],
  ["PARSE_TIMESTAMP(a, b)", "'%F'", "'2024-01-02'"],
  ["PARSE_TIMESTAMP('%F', a, b)", "'2024-01-02'", "'Asia/Tokyo'"],
  ["TIMESTAMP(a, b)", "'2024-01-02'", "'Asia/Tokyo'"],
  ["STRING(a, b)", "TIMESTAMP '2024-01-02 00:00:00+00'", "'Asia/Tokyo'"],
  ["DATE(a, b)", "TIMESTAMP '2024-01-02 20:00:00+00'", "'Asia/Tokyo'"],
  ["TIMESTAMP_TRUNC(a, DAY, b)", "TIMESTAMP '2024-01-02 20:00:00+00'", "'Asia/Tokyo'"],
  ["EXTRACT(HOUR FROM a AT TIME ZONE b)", "TIMESTAMP '2024-01-02 20:00:00+00'", "'Asia/Tokyo'"],
  ["CAST(a AS STRING FORMAT b)", "DATE '2024-01-02'", "'YYYY'"],
  ["CAST(a AS DATE FORMAT b)", "'02/01/2024'", "'DD/MM/YYYY'"],
  ["CAST(a AS STRING AT TIME ZONE b)", "TIMESTAMP '2024-01-02 20:00:00+00'", "'Asia/Tokyo'"],
];

it.each(OF_BOTH)("%s of a column of the outer query and one of its own", async (call, a, b) => {
  const [row] = await rows(
    `SELECT
      TO_JSON_STRING(STRUCT(${call} AS v)),
      (SELECT TO_JSON_STRING(STRUCT(${call} AS v)) FROM UNNEST([${a}]) AS a),
      (SELECT TO_JSON_STRING(STRUCT(${call} AS v)) FROM UNNEST([${b}]) AS b),
      (SELECT TO_JSON_STRING(STRUCT(ANY_VALUE(${call}) AS v)) FROM UNNEST([${a}, ${a}]) AS a),
      (SELECT TO_JSON_STRING(STRUCT(${call} AS v)) FROM (SELECT ${b} AS b) WHERE TO_JSON_STRING(${call}) <> ''),
      TO_JSON_STRING(ARRAY(SELECT STRUCT(${call} AS v) FROM UNNEST([${a}]) AS a)[OFFSET(0)])
    FROM (SELECT ${a} AS a, ${b} AS b)`,
  );
  const [plain, ...others] = row as unknown[];
  expect(others).toEqual([plain, plain, plain, plain, plain]);
});
