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
  ["CAST(b'abc' AS STRING FORMAT 'BASE32')", "MFRGG==="],
  ["CAST('MFRGG===' AS BYTES FORMAT 'base32')", "YWJj"],
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

it.each([["EDIT_DISTANCE('a', 'b', max_distance => -1)", "max_distance must be non-negative"]])(
  "%s fails",
  async (call, message) => {
    expect(await answers.of(`SELECT ${call}`)).toContain(message);
  },
);
