import { describe, expect, it } from "vitest";
import type { PartitionDecision } from "../graph/decision.js";
import { groupDecisions, windowOfRelations } from "./partitions.js";

const skip = (partition: string): PartitionDecision => ({ partition, decision: "skip", reason: "unchanged" });
const run = (partition: string): PartitionDecision => ({ partition, decision: "run", reason: "never_built" });

describe("groupDecisions", () => {
  it("puts equal neighbours together and keeps their order", () => {
    const grouped = groupDecisions([skip("2021-11-01"), skip("2021-11-02"), run("2021-11-03"), skip("2021-11-04")]);
    expect(grouped.map(({ label, decision }) => [label, decision])).toEqual([
      ["2021-11-01..2021-11-02", "skip"],
      ["2021-11-03", "run"],
      ["2021-11-04", "skip"],
    ]);
  });
});

describe("windowOfRelations", () => {
  it("spans the dated partitions of all inputs", () => {
    const digest = { rows: 1, digest: "x" };
    const inputs = new Map([
      ["a", new Map([["2021-11-03", digest]])],
      [
        "b",
        new Map([
          ["2021-10-19", digest],
          ["2021-10-20", digest],
        ]),
      ],
      ["c", new Map([["*", digest]])],
    ]);
    expect(windowOfRelations(inputs.values())).toEqual({ from: "2021-10-19", to: "2021-11-03" });
    expect(windowOfRelations([new Map([["*", digest]])])).toBeUndefined();
  });
});
