import { expect, it } from "vitest";
import { nearestName } from "./nearest.js";

const KNOWN = ["recent_revenue", "daily_revenue", "no_refunds", "type", "dev"];

it.each([
  ["recent_revnue", "recent_revenue"],
  ["Daily_Revenue", "daily_revenue"],
  ["recent", "recent_revenue"],
  ["dve", "dev"],
  ["nope", undefined],
  ["no_such_model", undefined],
  ["", undefined],
])("%s means %s", (written, meant) => {
  expect(nearestName(written, KNOWN)).toBe(meant);
});

it("finds nothing among nothing", () => {
  expect(nearestName("x", [])).toBeUndefined();
});
