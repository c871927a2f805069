import { describe, expect, it } from "vitest";
import { extendedRound } from "./extended-float.js";

describe("extendedRound", () => {
  it("keeps what has no digits to lose", () => {
    for (const x of [0, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324])
      expect(extendedRound(x, 400, "round")).toBe(x);
    expect(extendedRound(1.5, -400, "round")).toBe(0);
  });

  it("rounds halves away from zero and keeps the sign of zero", () => {
    expect(extendedRound(2.5, 0, "round")).toBe(3);
    expect(extendedRound(-2.5, 0, "round")).toBe(-3);
    expect(extendedRound(-0.3, 0, "round")).toBe(-0);
    expect(extendedRound(1.005, 2, "round")).toBe(1);
  });

  it("reports an overflow", () => {
    expect(() => extendedRound(1.7e308, -308, "round")).toThrow("Floating point overflow in function: ROUND");
  });
});
