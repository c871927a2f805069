import { describe, expect, it } from "vitest";
import { addDays, datesOf, isDate } from "./dates.js";

describe("dates", () => {
  it("crosses months, years and leap days", () => {
    expect(addDays("2021-12-31", 1)).toBe("2022-01-01");
    expect(addDays("2024-03-01", -1)).toBe("2024-02-29");
    expect(datesOf({ from: "2021-10-30", to: "2021-11-01" })).toEqual(["2021-10-30", "2021-10-31", "2021-11-01"]);
  });

  it.each([
    "2021-02-30",
    "2021-13-01",
    "21-01-01",
    "2024-01-01' OR 1=1--",
    "2021-1-1",
    "٢٠٢١-٠١-٠١",
    "2021-01-01\n",
    "",
  ])("%j is no date", (text) => {
    expect(isDate(text)).toBe(false);
  });
});
