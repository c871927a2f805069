import { afterAll, beforeAll, expect, it } from "vitest";
import type { Cell } from "../../../tools/conformance/values.js";
import { type Answers, openAnswers } from "./test-support/answers.js";

let answers: Answers;
beforeAll(async () => {
  answers = await openAnswers();
});
afterAll(() => answers.close());

it.each<[string, Cell]>([
  ["NUMERIC '0', NUMERIC '0.3', NUMERIC '0.1'", ["0", "0.1", "0.2", "0.3"]],
  ["NUMERIC '1', NUMERIC '0.7', NUMERIC '-0.1'", ["1", "0.9", "0.8", "0.7"]],
  ["NUMERIC '1', NUMERIC '1', NUMERIC '5'", ["1"]],
  ["NUMERIC '1', NUMERIC '0'", []],
  ["NUMERIC '1', NULL, 0", null],
  [
    "BIGNUMERIC '12345678901234567890.1', BIGNUMERIC '12345678901234567892'",
    ["12345678901234567890.1", "12345678901234567891.1"],
  ],
  ["BIGNUMERIC '1', BIGNUMERIC '0', BIGNUMERIC '-0.3'", ["1", "0.7", "0.4", "0.1"]],
  ["9223372036854775806, 9223372036854775807", ["9223372036854775806", "9223372036854775807"]],
  [
    "-9223372036854775807, 9223372036854775807, 9223372036854775807",
    ["-9223372036854775807", "0", "9223372036854775807"],
  ],
  ["CAST('inf' AS FLOAT64), CAST('inf' AS FLOAT64)", ["Infinity"]],
  ["0, 1.0, 0.25", [0, 0.25, 0.5, 0.75, 1]],
])("GENERATE_ARRAY(%s) holds its last element", async (args, expected) => {
  expect(await answers.of(`SELECT GENERATE_ARRAY(${args})`)).toEqual([expected]);
});

it.each([
  ["GENERATE_ARRAY(1, 100000000000)", "GENERATE_ARRAY produced too many elements"],
  ["GENERATE_ARRAY(NUMERIC '0', 1, NUMERIC '0.000000001')", "GENERATE_ARRAY produced too many elements"],
  ["GENERATE_ARRAY(BIGNUMERIC '1', BIGNUMERIC '1e30')", "GENERATE_ARRAY produced too many elements"],
  ["GENERATE_ARRAY(0, CAST('inf' AS FLOAT64))", "GENERATE_ARRAY produced too many elements"],
  [
    "GENERATE_TIMESTAMP_ARRAY('2020-01-01', '2021-01-01', INTERVAL 1 MICROSECOND)",
    "GENERATE_TIMESTAMP_ARRAY produced too many elements",
  ],
  ["GENERATE_ARRAY(1.5, CAST('nan' AS FLOAT64))", "Sequence start, end, and step cannot be NaN."],
  ["GENERATE_ARRAY(1.5, 2, CAST('inf' AS FLOAT64))", "Sequence step cannot be +/-inf."],
  ["GENERATE_ARRAY(BIGNUMERIC '1', 2, 0)", "Sequence step cannot be 0."],
])("%s fails", async (call, message) => {
  expect(await answers.of(`SELECT ${call}`)).toBe(message);
  expect(await answers.of(`SELECT SAFE.${call}`)).toEqual([null]);
});
