import { describe, expect, it } from "vitest";
import { coverageOfWindow, NOTHING } from "./coverage.js";
import { NOTHING_RULED_OUT, ruledOut, type SkipRule, withoutRuledOut } from "./ruled-out.js";

const window = { from: "2021-06-29", to: "2021-07-02" };
const july: SkipRule = {
  name: "offseason",
  actions: new Set(["d.a", "d.b"]),
  skips: (date) => date.slice(5, 7) === "07",
};
const quiet: SkipRule = { name: "quiet", actions: new Set(["d.a"]), skips: () => true };

describe("ruledOut", () => {
  it("leaves out dates, and an action whole where no date is left; the first rule that fits is told", () => {
    const ruled = ruledOut([july, quiet], ["d.a", "d.b", "d.c"], window);
    expect([...ruled.datesOf("d.b")]).toEqual([
      ["2021-07-01", "offseason"],
      ["2021-07-02", "offseason"],
    ]);
    expect([ruled.wholeOf("d.a"), ruled.wholeOf("d.b"), ruled.wholeOf("d.c")]).toEqual(["quiet", undefined, undefined]);
    expect(ruled.datesOf("d.a").get("2021-07-01")).toBe("offseason");
    expect(ruledOut([july], ["d.c"], window)).toBe(NOTHING_RULED_OUT);
  });
});

describe("withoutRuledOut", () => {
  it("keeps the other dates, in the stretches in which they lie", () => {
    const out = new Map([["2021-06-30", "x"]]);
    expect(withoutRuledOut(coverageOfWindow(window), out).ranges).toEqual([
      { from: "2021-06-29", to: "2021-06-29" },
      { from: "2021-07-01", to: "2021-07-02" },
    ]);
    const all = new Map(["2021-06-29", "2021-06-30", "2021-07-01", "2021-07-02"].map((date) => [date, "x"]));
    expect(withoutRuledOut(coverageOfWindow(window), all)).toBe(NOTHING);
  });
});
