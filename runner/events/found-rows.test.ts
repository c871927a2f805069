import { describe, expect, it } from "vitest";
import { foundRowsText, isOutside, isWithin } from "./found-rows.js";

const found = (rows: number, from: string, to: string) =>
  `day=${from} (${foundRowsText({ rows, dates: { from, to } })})`;

describe("what an assertion found", () => {
  it("is told with the dates of its rows", () => {
    expect(found(1, "2024-01-02", "2024-01-02")).toBe("day=2024-01-02 (1 row of 2024-01-02)");
    expect(found(3, "2024-01-02", "2024-01-05")).toBe("day=2024-01-02 (3 rows of 2024-01-02 to 2024-01-05)");
    expect(foundRowsText({ rows: 2, dates: undefined })).toBe("2 rows");
  });

  it.each([
    [found(1, "2024-01-02", "2024-01-02"), "2024-01-03", "2024-01-09", true],
    [found(1, "2024-01-02", "2024-01-02"), "2024-01-01", "2024-01-01", true],
    [found(1, "2024-01-02", "2024-01-02"), "2024-01-02", "2024-01-02", false],
    [found(3, "2024-01-02", "2024-01-05"), "2024-01-05", "2024-01-06", false],
    [found(3, "2024-01-02", "2024-01-05"), "2024-01-06", "2024-01-06", true],
    ["n=1 (2 rows)", "2024-01-06", "2024-01-06", false],
  ])("%s is outside of %s to %s: %s", (text, from, to, expected) => {
    expect(isOutside(text, { from, to })).toBe(expected);
  });

  it("is never outside of a run without a window", () => {
    expect(isOutside(found(1, "2024-01-02", "2024-01-02"), undefined)).toBe(false);
  });

  it.each([
    ["2024-01-02", "2024-01-05", true],
    ["2024-01-01", "2024-01-31", true],
    ["2024-01-03", "2024-01-31", false],
    ["2024-01-01", "2024-01-04", false],
  ])("lies within a window whose rows are all of its dates: %s to %s: %s", (from, to, expected) => {
    const dates = { from: "2024-01-02", to: "2024-01-05" };
    expect(isWithin({ rows: 3, dates }, { from, to })).toBe(expected);
    expect(isWithin({ rows: 3, dates }, undefined)).toBe(false);
    expect(isWithin({ rows: 3, dates: undefined }, { from, to })).toBe(false);
  });
});
