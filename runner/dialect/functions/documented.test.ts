import { afterAll, beforeAll, expect, it } from "vitest";
import type { Cell } from "../../../tools/conformance/values.js";
import { type Answers, openAnswers } from "./test-support/answers.js";

let answers: Answers;
beforeAll(async () => {
  answers = await openAnswers();
});
afterAll(() => answers.close());

const TWELVE = "FROM UNNEST([NULL, NULL, 1, 1, 1, 4, 5, 6, 7, 8, 9, 10]) AS x";

/** Examples of the reference's pages, and what follows from their words. */
it.each<[string, Cell]>([
  ["TYPEOF(1)", "INT64"],
  [`JSON_VALUE('{"a": {"b": 1,}, "c": 2}', '$.c')`, "2"],
  [`JSON_QUERY('{"a": {"b": 1 , }, "c": 2,}', '$.a')`, '{"b":1}'],
  ["DATE(s) FROM (SELECT '2020-09-01 23:00:00-08' AS s)", "2020-09-02"],
  ["DATE(s) FROM (SELECT '2020-09-01' AS s)", "2020-09-01"],
  ["TYPEOF([STRUCT('a' AS t, 1.5 AS x)])", "ARRAY<STRUCT<t STRING, x FLOAT64>>"],
  ["NET.HOST('mailto:?to=&subject=&body=')", "mailto"],
  ["NET.PUBLIC_SUFFIX('mailto:?to=&subject=&body=')", null],
  ["NET.HOST('//user:password@a.b:80/path?query')", "a.b"],
  ["NET.HOST('https://[::1]:80')", "[::1]"],
  ["NET.HOST('    www.Example.Co.UK    ')", "www.Example.Co.UK"],
  ["NET.HOST('javascript:alert(1)')", "javascript"],
  ["NET.HOST('http://..a.b..')", "a.b."],
  ["EDIT_DISTANCE('abcdefg', 'a', max_distance => 2)", "2"],
  ["EDIT_DISTANCE('aa', 'b', max_distance => NULL)", null],
  ["EDIT_DISTANCE(b'ab', b'ac')", "1"],
  [`APPROX_QUANTILES(x, 2 IGNORE NULLS) ${TWELVE}`, ["1", "5", "10"]],
  [`APPROX_QUANTILES(x, 2 RESPECT NULLS) ${TWELVE}`, [null, "4", "10"]],
  [`APPROX_QUANTILES(DISTINCT x, 2) ${TWELVE}`, ["1", "6", "10"]],
  [`APPROX_QUANTILES(DISTINCT x, 2 RESPECT NULLS) ${TWELVE}`, [null, "6", "10"]],
  ["APPROX_QUANTILES(x, 2 RESPECT NULLS) FROM UNNEST([CAST(NULL AS STRING)]) AS x", null],
  ["CAST(b'\\xff' AS STRING FORMAT 'BASE8')", "377"],
  ["CAST(b'\\x02\\x11\\x3b' AS STRING FORMAT 'BASE8')", "00410473"],
  ["CAST('00410473' AS BYTES FORMAT 'BASE8') = b'\\x02\\x11\\x3b'", true],
  ["CAST('377' AS BYTES FORMAT 'BASE8') = b'\\xff'", true],
  ["CAST('2,018-12-03' AS DATE FORMAT 'Y,YYY-MM-DD')", "2018-12-03"],
  ["CAST('51-12-03' AS DATE FORMAT 'RR-MM-DD')", "1951-12-03"],
  [
    "ARRAY(SELECT COUNT(*) OVER (ORDER BY x DESC RANGE BETWEEN 0.5 PRECEDING AND 1 FOLLOWING) FROM UNNEST([BIGNUMERIC '1', 2, 2.5, 3.5, 9, NULL]) AS x ORDER BY x)",
    ["1", "1", "3", "2", "2", "1"],
  ],
  ["FORMAT('%t', RANGE(DATE '2020-01-01', NULL))", "[2020-01-01, UNBOUNDED)"],
  ["FORMAT('%T', [RANGE(DATE '2020-01-01', NULL)])", '[RANGE<DATE> "[2020-01-01, UNBOUNDED)"]'],
  ["FORMAT('%t', CAST(NULL AS RANGE<DATETIME>))", "NULL"],
  ["RANGE_BUCKET(CAST('nan' AS FLOAT64), [1.0, 2.0])", null],
  [
    `TO_JSON_STRING(PARSE_JSON('{"id":922337203685477580701}', wide_number_mode => 'round'))`,
    '{"id":9.223372036854776e+20}',
  ],
  [`TO_JSON_STRING(PARSE_JSON('{"x": 0.7071067811865476}'))`, '{"x":0.7071067811865476}'],
  ["TO_JSON_STRING(TO_JSON([SQRT(0.5), 1e15, 2]))", "[0.7071067811865476,1e+15,2.0]"],
  ["JSON_VALUE(TO_JSON(SQRT(0.5)), '$')", "0.7071067811865476"],
  ["TO_JSON_STRING(SQRT(0.5))", "0.70710678118654757"],
  ["LAX_STRING(TO_JSON(SQRT(0.5)))", "0.70710678118654757"],
  ["TO_JSON_STRING(JSON_FLATTEN(JSON '1'))", "[1]"],
  ["TO_JSON_STRING(JSON_FLATTEN(JSON '[1, 2, null]'))", "[1,2,null]"],
  ["TO_JSON_STRING(JSON_FLATTEN(JSON '[[[1]], 2, [3]]'))", "[1,2,3]"],
  [`TO_JSON_STRING(JSON_FLATTEN(JSON '[[{"a": [1, 2]}], 2, []]'))`, '[{"a":[1,2]},2]'],
  ["JSON_FLATTEN(CAST(NULL AS JSON)) IS NULL", true],
  [`JSON_KEYS(JSON '{"a": {"b": 1}}', NULL)`, ["a", "a.b"]],
  [`JSON_KEYS(JSON '{"a": [[{"b": 1}]]}', mode => 'lax')`, ["a"]],
  [`JSON_KEYS(JSON '{"a": [{"b": [{"c": 1}]}]}', mode => 'lax')`, ["a", "a.b", "a.b.c"]],
  [`JSON_KEYS(JSON '{"a": [[{"b": 1}]]}', mode => 'lax recursive')`, ["a", "a.b"]],
  [
    "APPROX_TOP_SUM(k, w, 2) FROM UNNEST([STRUCT('a' AS k, BIGNUMERIC '12345678901234567890.1' AS w), ('b', 1), ('a', 1)])",
    [
      ["a", "12345678901234567891.1"],
      ["b", "1"],
    ],
  ],
])("%s", async (call, expected) => {
  expect(await answers.of(`SELECT ${call}`)).toEqual([expected]);
});

it.each([
  ["EDIT_DISTANCE('a', 'b', max_distance => -1)", "max_distance must be non-negative"],
  ["DATE_BUCKET(DATE '2024-01-01', INTERVAL 1 HOUR)", "Only MONTH and DAY parts are allowed in bucket width INTERVAL"],
  ["DATE_BUCKET(DATE '2024-01-01', INTERVAL 0 DAY)", "Zero bucket width INTERVAL is not allowed"],
  ["DATETIME_BUCKET(DATETIME '2024-01-01', INTERVAL -1 HOUR)", "Negative bucket width INTERVAL is not allowed"],
  [
    "DATETIME_BUCKET(DATETIME '2024-01-01', MAKE_INTERVAL(day => 1, hour => 1))",
    "Exactly one non-zero INTERVAL part in bucket width is required",
  ],
  [
    "TIMESTAMP_BUCKET(TIMESTAMP '2024-01-01', MAKE_INTERVAL(month => 1))",
    "Bucket width INTERVAL with non-zero MONTH part is not allowed",
  ],
  [
    "RANGE_BUCKET(1.0, [1.0, CAST('nan' AS FLOAT64)])",
    "Elements in input array to RANGE_BUCKET cannot be NaN. NaN element found at position 2",
  ],
  ["RANGE_BUCKET(5, [1, 3, 2])", "must be in ascending order. Nonconforming elements found at position 2 and 3"],
  // It is older than the modes of a JSONPath.
  [`JSON_QUERY(JSON '{"a": 1}', 'lax $.a')`, "JSONPath must start with '$'"],
  [`JSON_KEYS(JSON '{"a": 1}', 0)`, "max_depth must be positive."],
  [`JSON_KEYS(JSON '{"a": 1}', mode => 'bad')`, "Invalid JSON mode specified"],
  [
    "ARRAY_AGG(x ORDER BY x) OVER () FROM UNNEST([1]) AS x",
    "Analytic function ARRAY_AGG does not support ORDER BY in arguments",
  ],
  [
    "* FROM (SELECT 1 AS a, 2.5 AS b) UNPIVOT (v FOR c IN (a, b))",
    "The datatype of column does not match with other datatypes in the IN clause. Expected INT64, Found FLOAT64",
  ],
])("%s fails", async (call, message) => {
  expect(await answers.of(`SELECT ${call}`)).toContain(message);
});
