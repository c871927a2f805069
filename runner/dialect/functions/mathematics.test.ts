import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cell } from "../../../tools/conformance/values.js";
import { type Answers, openAnswers } from "./test-support/answers.js";

let answers: Answers;
beforeAll(async () => {
  answers = await openAnswers();
});
afterAll(() => answers.close());

const NAMES = "SIN COS TAN ASIN ACOS ATAN SINH COSH TANH ASINH ACOSH ATANH SEC SECH CSC CSCH COT COTH CBRT".split(" ");
const HALF = Math.PI / 2;
const [NAN, UP, DOWN] = ["NaN", "Infinity", "-Infinity"];

it.each<[string, readonly Cell[]]>([
  ["inf", [NAN, NAN, NAN, NAN, NAN, HALF, UP, UP, 1, UP, UP, NAN, NAN, 0, NAN, 0, NAN, 1, UP]],
  ["-inf", [NAN, NAN, NAN, NAN, NAN, -HALF, DOWN, UP, -1, DOWN, NAN, NAN, NAN, 0, NAN, -0, NAN, -1, DOWN]],
  ["nan", NAMES.map(() => NAN)],
])("functions of %s never fail", async (x, expected) => {
  const calls = NAMES.map((name) => `${name}(x)`).join(", ");
  expect(await answers.of(`SELECT ${calls} FROM UNNEST([CAST('${x}' AS FLOAT64)]) AS x`)).toEqual(expected);
});

describe("functions outside of their domain, or beyond 1.8e308", () => {
  it.each([
    ["ACOSH(0.5)", "Floating point error in function: ACOSH(0.5)"],
    ["ATANH(1)", "Floating point error in function: ATANH(1)"],
    ["ATANH(-2)", "Floating point error in function: ATANH(-2)"],
    ["ASIN(2)", "Floating point error in function: ASIN(2)"],
    ["ACOS(-1.5)", "Floating point error in function: ACOS(-1.5)"],
    ["SINH(1000)", "Floating point overflow in function: SINH(1000)"],
    ["COSH(-1000)", "Floating point overflow in function: COSH(-1000)"],
    ["CSC(0)", "Floating point error in function: CSC(0)"],
    ["CSCH(0)", "Floating point error in function: CSCH(0)"],
    ["COT(0)", "Floating point error in function: COT(0)"],
    ["COTH(0)", "Floating point error in function: COTH(0)"],
    ["COSINE_DISTANCE([0.0, 0.0], [1.0, 2.0])", "Cannot compute cosine distance against zero vector."],
    ["COSINE_DISTANCE([1e-200], [1.0])", "Cannot compute cosine distance against zero vector."],
    ["COSINE_DISTANCE([(1, 0.0)], [(2, 4.0)])", "Cannot compute cosine distance against zero vector."],
    ["COSINE_DISTANCE([1e200], [1e200])", "double overflow"],
    ["EUCLIDEAN_DISTANCE([1e200], [-1e200])", "double overflow"],
    ["EUCLIDEAN_DISTANCE([1.0, 2.0], [3.0])", "Array length mismatch: 2 and 1."],
    ["EUCLIDEAN_DISTANCE([1.0, NULL], [3.0, 4.0])", "NULL array element"],
    ["EUCLIDEAN_DISTANCE([(1, 1.0), (1, 2.0)], [(2, 4.0)])", "Duplicate index 1 found in the input array."],
    ["EUCLIDEAN_DISTANCE([(1, 1.0), (2, NULL)], [(2, 4.0)])", "NULL struct field"],
  ])("%s fails, and is NULL with SAFE", async (call, message) => {
    expect(await answers.of(`SELECT ${call}`)).toBe(message);
    expect(await answers.of(`SELECT SAFE.${call}`)).toEqual([null]);
  });
});

it.each<[string, Cell]>([
  ["COSINE_DISTANCE([(1, 1.0), (2, 2.0)], [(2, 4.0), (1, 3.0)])", 0.01613008990009257],
  ["COSINE_DISTANCE([('x', 1.0), ('y', 2.0)], [('y', 4.0), ('x', 3.0)])", 0.01613008990009257],
  ["EUCLIDEAN_DISTANCE([('a', 1.0), ('b', 2.0), ('d', 3.0)], [('b', 4.0), ('c', 5.0), ('d', 3.0)])", Math.sqrt(30)],
  ["EUCLIDEAN_DISTANCE([STRUCT(1 AS k, 1.0 AS v), (2, 2.0)], [STRUCT(2 AS w, 4.0 AS z), (1, 3.0)])", Math.sqrt(8)],
  ["EUCLIDEAN_DISTANCE(CAST(NULL AS ARRAY<STRUCT<INT64, FLOAT64>>), [(1, 1.0)])", null],
  ["COSINE_DISTANCE([CAST('inf' AS FLOAT64)], [1.0])", "NaN"],
  ["CBRT(27) = 3 AND CBRT(-27) = -3 AND CBRT(216) = 6 AND CBRT(NUMERIC '27') = 3", true],
  ["CBRT(0.001)", 0.1],
  ["SAFE_ADD(1e308, 1e308)", null],
  ["SAFE_SUBTRACT(-1e308, 1e308)", null],
  ["SAFE_MULTIPLY(1e308, 10)", null],
  ["SAFE_ADD(1e308, CAST('inf' AS FLOAT64))", "Infinity"],
  ["SAFE_NEGATE(BIGNUMERIC '1.5')", "-1.5"],
])("%s", async (call, expected) => {
  expect(await answers.of(`SELECT ${call}`)).toEqual([expected]);
});
