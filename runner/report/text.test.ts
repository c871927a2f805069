import { describe, expect, it } from "vitest";
import { duration, foldRows, roughly, visibleWidth, wrapLine } from "./text.js";

describe("wrapLine", () => {
  const text =
    "warning: nba_assertions.feature_store_gate finds, for example, criterion_date=2021-10-19, reason=too low";

  it.each([20, 40, 60, 80])("breaks at blanks, so that no line is wider than %i columns", (width) => {
    const lines = wrapLine(text, width, 2);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every((line) => visibleWidth(line) <= width)).toBe(true);
    expect(
      lines
        .map((line) => line.trim())
        .join(width < 40 ? "" : " ")
        .replaceAll(" ", ""),
    ).toBe(text.replaceAll(" ", ""));
  });

  it("leaves a line that fits as it is, and every line of a pipe", () => {
    expect(wrapLine("  a   b", 7)).toEqual(["  a   b"]);
    expect(wrapLine(text, Number.POSITIVE_INFINITY)).toEqual([text]);
  });

  it("keeps the gaps of what stays in one line and never glues words together", () => {
    expect(wrapLine("  name      12  0  0  0", 16, 4)).toEqual(["  name      12", "    0  0  0"]);
    expect(wrapLine("aaaa          0  0", 12, 0)).toEqual(["aaaa", "0  0"]);
  });

  it("breaks a name that is wider than the terminal behind a sign, and a word without any in its middle", () => {
    expect(wrapLine("analytics.player_game_summary", 20, 2)).toEqual(["analytics.player_", "  game_summary"]);
    expect(wrapLine("x".repeat(25), 10, 0)).toEqual(["x".repeat(10), "x".repeat(10), "x".repeat(5)]);
  });

  it("does not count colours", () => {
    const green = (word: string) => `\u001b[32m${word}\u001b[39m`;
    expect(wrapLine(`${green("12345")} 1234`, 10)).toEqual([`${green("12345")} 1234`]);
  });
});

it("foldRows puts a text that has no room behind its row below it", () => {
  const rows = [
    { cells: ["  run ", "a.short"], tail: "never built" },
    { cells: ["  run ", "a.very_long_name_of_a_model"], tail: "inputs changed in a.short" },
  ];
  expect(foldRows(rows, 80)).toEqual([
    "  run   a.short                      never built",
    "  run   a.very_long_name_of_a_model  inputs changed in a.short",
  ]);
  expect(foldRows(rows, 50)).toEqual([
    "  run   a.short                      never built",
    "  run   a.very_long_name_of_a_model",
    "        inputs changed in a.short",
  ]);
});

it("times are told as exactly as they are known", () => {
  expect([duration(41), duration(999.6), duration(3210), duration(125_000)]).toEqual([
    "41 ms",
    "1.0 s",
    "3.2 s",
    "2 min 5 s",
  ]);
  expect([roughly(10), roughly(90_400), roughly(125_000), roughly(7_500_000)]).toEqual([
    "10 ms",
    "90 s",
    "2 min 5 s",
    "2 h 5 min",
  ]);
});
