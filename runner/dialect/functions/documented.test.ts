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
