import { describe, expect, it } from "vitest";
import { hourOfCron, nightDate } from "./night-date.js";

describe("the date of a night", () => {
  it.each([
    ["2021-11-15T03:59:59Z", "2021-11-14", "22:59 US Eastern"],
    ["2021-11-15T04:00:00Z", "2021-11-15", "23:00 US Eastern"],
    ["2021-11-15T05:30:00Z", "2021-11-15", "00:30 US Eastern"],
    ["2021-07-01T02:59:00Z", "2021-06-30", "22:59 in summer"],
    ["2021-07-01T03:00:00Z", "2021-07-01", "23:00 in summer"],
    ["2022-01-01T04:10:00Z", "2022-01-01", "23:10 on the last day of a year"],
  ])("at %s is %s", (now, date) => {
    expect(nightDate(new Date(now), "America/New_York", 23)).toBe(date);
  });

  it("is that of its own time zone", () => {
    expect(nightDate(new Date("2021-11-15T21:00:00Z"), "Europe/Berlin", 22)).toBe("2021-11-16");
  });
});

it("takes the hour of daily cron times alone", () => {
  expect(["0 23 * * *", "25 6 * * *", "*/5 * * * *", "0 24 * * *", "0 23 * * 1"].map(hourOfCron)).toEqual([
    23,
    6,
    undefined,
    undefined,
    undefined,
  ]);
});
