import { describe, expect, it } from "vitest";
import { judgingTags, onlyReports, thresholdProblem, thresholdsOf } from "./audits.js";

describe("the thresholds of an assertion", () => {
  it.each([
    [[], { warn: 1, fail: 1 }],
    [["phase3"], { warn: 1, fail: 1 }],
    [["warn"], { warn: 1, fail: undefined }],
    [["gate"], { warn: 1, fail: undefined }],
    [["fail_if:10"], { warn: 1, fail: 10 }],
    [["warn_if:3", "fail_if:10"], { warn: 3, fail: 10 }],
    [["warn_if:3"], { warn: 3, fail: undefined }],
    [["warn", "warn_if:3", "fail_if:10"], { warn: 3, fail: undefined }],
  ])("%j", (tags, expected) => {
    expect(thresholdsOf({ tags })).toEqual(expected);
    expect(onlyReports({ tags })).toBe(expected.fail === undefined);
    expect(thresholdProblem(tags)).toBeUndefined();
  });

  it.each([
    ["warn_if:0", /above 0, as warn_if:10/],
    ["fail_if:1.5", /above 0, as fail_if:10/],
    ["fail_if", /above 0/],
    ["fail_if:-2", /above 0/],
  ])("%s is refused", (tag, message) => {
    expect(thresholdProblem(["x", tag])).toMatch(message);
  });

  it("refuses thresholds that contradict each other", () => {
    expect(thresholdProblem(["warn_if:10", "fail_if:10"])).toMatch(/never warns/);
    expect(thresholdProblem(["fail_if:10", "fail_if:20"])).toMatch(/two tags say fail_if/);
  });

  it("are told apart from tags that decide nothing", () => {
    expect(judgingTags(["phase3", "warn", "fail_if:10", "after_publishing", "nightly"])).toEqual([
      "after_publishing",
      "fail_if:10",
      "warn",
    ]);
  });
});
