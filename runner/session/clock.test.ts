import { afterEach, describe, expect, it, vi } from "vitest";
import { today } from "./clock.js";

afterEach(() => vi.unstubAllEnvs());

describe("today", () => {
  const nightly = { timeZone: "America/New_York", nextDayFrom: "23:00" };
  it.each([
    ["2021-11-15T03:59:00Z", "2021-11-14"],
    ["2021-11-15T04:00:00Z", "2021-11-15"],
    ["2021-11-15T12:00:00Z", "2021-11-15"],
    ["2021-07-01T02:59:00Z", "2021-06-30"],
    ["2021-07-01T03:00:00Z", "2021-07-01"],
  ])("at %s is the date that a night's run prepares: %s", (now, date) => {
    expect(today(nightly, new Date(now))).toBe(date);
  });

  it("is UTC's date where the project says nothing, and what the variable says where it is set", () => {
    expect(today({ timeZone: "UTC" }, new Date("2021-11-15T23:30:00Z"))).toBe("2021-11-15");
    vi.stubEnv("FASTBREAK_TODAY", "2020-02-29");
    expect(today(nightly, new Date())).toBe("2020-02-29");
    vi.stubEnv("FASTBREAK_TODAY", "2021-02-29");
    expect(() => today(nightly, new Date())).toThrow("FASTBREAK_TODAY 2021-02-29 is not a calendar date");
  });
});
