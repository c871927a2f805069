import { describe, expect, it } from "vitest";
import { gateResult, verdictOf, withoutRows } from "./verdict.js";

const criterion = { name: "checks.rows", description: "enough rows", severity: "error" } as const;
const columns = (...names: string[]) => names.map((name) => ({ name, type: "STRING" as const }));

describe("a criterion", () => {
  it("holds when nothing is found", () => {
    expect(verdictOf(criterion, { columns: columns("reason"), rows: [] })).toMatchObject({
      passed: true,
      reason: undefined,
    });
  });

  it("tells reason, value, threshold and advice where the assertion names them", () => {
    const found = {
      columns: columns("day", "reason", "actual_value", "threshold", "advice"),
      rows: [["d", "few", "3", "10", "load"]],
    };
    expect(verdictOf(criterion, found)).toMatchObject({
      passed: false,
      reason: "few",
      value: "3",
      threshold: "10",
      advice: "load",
    });
  });

  it("shows the row where it does not", () => {
    const found = { columns: columns("a", "b"), rows: [["1", null]] };
    expect(verdictOf(criterion, found)).toMatchObject({ passed: false, reason: "a=1, b=NULL", value: undefined });
  });
});

describe("the gate", () => {
  const holds = verdictOf(criterion, { columns: [], rows: [] });
  const fails = withoutRows(criterion, "2021-11-15", "d.metrics");

  it("is closed by an error and left open by a warning", () => {
    expect(gateResult("2021-11-15", [holds, fails]).ready).toBe(false);
    expect(gateResult("2021-11-15", [holds, { ...fails, severity: "warning" }]).ready).toBe(true);
    expect(fails.reason).toBe("no data for 2021-11-15: d.metrics has no rows of it");
  });
});
