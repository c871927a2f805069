import { describe, expect, it } from "vitest";
import { planRequest } from "./requests.js";

describe("a window", () => {
  it("is a range of dates", () => {
    expect(planRequest({ window: { from: "2024-02-28", to: "2024-02-29" } }).window).toEqual({
      from: "2024-02-28",
      to: "2024-02-29",
    });
  });

  it.each([
    ["x", "2024-01-01", "window.from x is not a calendar date; write it as YYYY-MM-DD"],
    ["2024-01-01", "2024-02-30", "window.to 2024-02-30 is not a calendar date; write it as YYYY-MM-DD"],
    ["2024-1-1", "2024-01-02", "window.from 2024-1-1 is not a calendar date; write it as YYYY-MM-DD"],
    ["0000-12-31", "2024-01-02", "window.from 0000-12-31 is not a calendar date; write it as YYYY-MM-DD"],
    ["2024-01-05", "2024-01-01", "window.from 2024-01-05 is after window.to 2024-01-01"],
  ])("%s to %s is refused", (from, to, problem) => {
    expect(() => planRequest({ window: { from, to } })).toThrow(problem);
  });
});
