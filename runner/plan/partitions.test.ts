import { describe, expect, it } from "vitest";
import type { PartitionDecision } from "../graph/decision.js";
import { partitionOfDate, REST } from "../port/identity.js";
import { groupDecisions } from "./partitions.js";

const skip = (date: string): PartitionDecision => ({
  partition: partitionOfDate(date),
  decision: "skip",
  reason: "unchanged",
});
const run = (date: string): PartitionDecision => ({
  partition: partitionOfDate(date),
  decision: "run",
  reason: "never_built",
});

describe("groupDecisions", () => {
  it("puts equal neighbours together and keeps their order", () => {
    const grouped = groupDecisions([skip("2021-11-01"), skip("2021-11-02"), run("2021-11-03"), skip("2021-11-04")]);
    expect(grouped.map(({ label, decision }) => [label, decision])).toEqual([
      ["2021-11-01..2021-11-02", "skip"],
      ["2021-11-03", "run"],
      ["2021-11-04", "skip"],
    ]);
  });

  it("tells the rest apart from the dates, and what was asked for from what is needed", () => {
    const needed = { ...run("2021-11-03"), neededBy: "d.reader" };
    const rest: PartitionDecision = { partition: REST, decision: "run", reason: "never_built" };
    expect(groupDecisions([needed, run("2021-11-04"), rest]).map(({ label }) => label)).toEqual([
      "2021-11-03",
      "2021-11-04",
      "rest",
    ]);
  });
});
