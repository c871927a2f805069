import { describe, expect, it } from "vitest";
import type { PartitionDecision } from "../graph/decision.js";
import type { PlanNode } from "../graph/node.js";
import type { Fingerprint, Partition } from "../port/identity.js";
import { because } from "../report/decisions.js";
import { nameMoves } from "./moves.js";

const NODE = { upstreams: [{ key: "d.t", window: undefined }] } as unknown as PlanNode;
const DECISION: PartitionDecision = {
  partition: "*" as Partition,
  decision: "run",
  reason: "inputs_changed",
  evidence: { what: "input", upstream: "d.t" },
};

/** What is told of partitions that have these fingerprints now, and had those. */
function told(now: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): string {
  const digests = Object.entries(now).map(([partition, digest]) => {
    const value = { rows: 1, digest: digest as Fingerprint };
    return [partition as Partition, value] as const;
  });
  const inputs = new Map([["d.t", { columns: "c", partitions: new Map(digests) }]]);
  const recorded = new Map([["d.t", new Map(Object.entries({ columns: "c", ...before }))]]);
  const [decision] = nameMoves(NODE, [DECISION], inputs as never, recorded, undefined);
  return because(decision?.evidence);
}

describe("what has moved in an input", () => {
  it("is told by its first and last date", () => {
    expect(told({ "2024-01-01": "a", "2024-01-02": "b" }, { "2024-01-01": "x" })).toBe(
      " in d.t 2024-01-01..2024-01-02",
    );
    expect(told({ "2024-01-01": "a", "2024-01-02": "b" }, { "2024-01-01": "a" })).toBe(" in d.t 2024-01-02");
  });

  it("is all of a table that has been given partitions, or has none", () => {
    expect(told({ "2024-01-01": "a", __NULL__: "b" }, { "*": "x" })).toBe(" in d.t");
    expect(told({ "*": "a" }, { "*": "x" })).toBe(" in d.t");
  });

  it("names rows without a date where nothing else has moved", () => {
    expect(told({ __NULL__: "a" }, { __NULL__: "x" })).toBe(" in d.t, rows without a date");
    expect(told({ "2024-01-01": "a", __NULL__: "a" }, { __NULL__: "x" })).toBe(" in d.t 2024-01-01");
  });
});
