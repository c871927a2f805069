import { describe, expect, it } from "vitest";
import { DECIMAL_MATH_JS_FUNCTIONS } from "./decimal-math.js";

const [{ call }] = DECIMAL_MATH_JS_FUNCTIONS as unknown as [
  { call: (name: string, x: string, y: string, scale: bigint) => string },
];
const compute = (name: string, x: string, y = "0", scale = 9n): string => call(name, x, y, scale);

describe("functions of NUMERIC", () => {
  it("round known constants half away from zero", () => {
    expect(compute("EXP", "1")).toBe("2.718281828");
    expect(compute("EXP", "1", "0", 38n)).toBe("2.71828182845904523536028747135266249776");
    expect(compute("LN", "2", "0", 38n)).toBe("0.69314718055994530941723212145817656808");
    expect(compute("SQRT", "2", "0", 38n)).toBe("1.41421356237309504880168872420969807857");
    expect(compute("LOG10", "1000")).toBe("3.000000000");
    expect(compute("LOG", "8", "2")).toBe("3.000000000");
  });

  it.each([
    ["EXP", "-20.7", "0", Math.exp(-20.7)],
    ["EXP", "60.1", "0", Math.exp(60.1)],
    ["LN", "123456.789", "0", Math.log(123456.789)],
    ["LN", "0.000000001", "0", Math.log(1e-9)],
    ["LOG", "10", "0.1", -1],
    ["POW", "2.5", "-1.5", 2.5 ** -1.5],
    ["POW", "7", "0.3", 7 ** 0.3],
    ["POW", "-2", "-3", -0.125],
  ])("%s(%s, %s) is what doubles say, as far as they go", (name, x, y, expected) => {
    const result = Number(compute(name, x, y));
    expect(Math.abs(result - expected)).toBeLessThanOrEqual(1e-9 + Math.abs(expected) * 1e-14);
  });

  it.each([
    ["LN", "0", "0", /undefined/],
    ["SQRT", "-1", "0", /negative/],
    ["POW", "0", "-1", /division by zero/],
    ["POW", "-8", "0.5", /fractional power/],
    ["LOG", "5", "1", /base value/],
    ["EXP", "80", "0", /overflow/],
  ])("%s(%s, %s) fails", (name, x, y, message) => {
    expect(() => compute(name, x, y)).toThrow(message);
  });
});
