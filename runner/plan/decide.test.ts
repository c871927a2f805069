import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlanNode } from "../graph/node.js";
import type { PartitionDigests } from "../port/port.js";
import { type DecideInput, decide } from "./decide.js";
import { inputHashes } from "./input-hash.js";
import type { InputDigests, PartitionState } from "./types.js";

const node: PlanNode = {
  key: "d.model",
  kind: "model",
  partitioned: true,
  upstreams: [{ key: "d.source", window: { back: 2, ahead: 0 }, columns: undefined }],
  codeHash: "code",
  compiledHash: "sql",
  volatile: undefined,
  disabled: false,
};

const DAY = "2021-11-15";
const seen = (partitions: PartitionDigests, columns = "c"): InputDigests =>
  new Map([["d.source", { columns, partitions }]]);
const inputs = seen(new Map([["2021-11-14", { rows: 3, digest: "a" }]]));

function built(overrides: Partial<PartitionState> = {}): PartitionState {
  const { hash, byUpstream } = inputHashes(node, [DAY], inputs).get(DAY) ?? { hash: "", byUpstream: {} };
  return {
    codeHash: "code",
    compiledHash: "sql",
    inputHash: hash,
    inputs: byUpstream,
    fingerprint: "f",
    outputVersion: "c:v1",
    rows: 1,
    runId: "r",
    recordedAt: "2021-11-16 00:00:00+00:00",
    ...overrides,
  };
}

function input(overrides: Partial<DecideInput> = {}): DecideInput {
  return {
    node,
    partitions: [DAY],
    state: new Map([[DAY, built()]]),
    live: { exists: true, columns: "c", rows: new Map([[DAY, "v1"]]) },
    inputs: inputHashes(node, [DAY], inputs),
    forced: false,
    pending: new Map(),
    ...overrides,
  };
}

const only = (overrides: Partial<DecideInput>) => decide(input(overrides))[0];

describe("decide", () => {
  it("skips what is known to be equal", () => {
    expect(only({})).toMatchObject({ decision: "skip", reason: "unchanged" });
  });

  it("calls an edit that leaves the compiled SQL as it was cosmetic", () => {
    expect(only({ node: { ...node, codeHash: "edited" } })).toMatchObject({ decision: "skip", reason: "cosmetic" });
  });

  it.each<[string, Partial<DecideInput>]>([
    ["never_built", { state: new Map() }],
    ["table_missing", { live: { exists: false, columns: "c", rows: new Map() } }],
    ["code_changed", { node: { ...node, compiledHash: "other" } }],
    ["volatile", { node: { ...node, volatile: "it calls RAND() at line 1" } }],
    ["table_modified", { live: { exists: true, columns: "c", rows: new Map([[DAY, "v2"]]) } }],
    ["table_modified", { live: { exists: true, columns: "c", rows: new Map() } }],
    ["table_modified", { live: { exists: true, columns: "other", rows: new Map([[DAY, "v1"]]) } }],
    ["inputs_changed", { state: new Map([[DAY, built({ inputHash: "x", inputs: { "d.source": "x" } })]]) }],
    ["inputs_changed", { inputs: new Map() }],
    ["inputs_changed", { pending: new Map([["d.source", ["2021-11-13"]]]) }],
    ["forced", { forced: true }],
  ])("runs: %s", (reason, overrides) => {
    expect(only(overrides)).toMatchObject({ decision: "run", reason });
  });

  it("names the upstream whose digest moved", () => {
    const state = new Map([[DAY, built({ inputHash: "x", inputs: { "d.source": "before" } })]]);
    expect(only({ state })).toMatchObject({ evidence: { what: "input", upstream: "d.source", old: "before" } });
  });

  it("does not wait for an upstream partition that the read window cannot reach", () => {
    expect(only({ pending: new Map([["d.source", ["2021-11-12", "2021-11-16"]]]) })).toMatchObject({
      decision: "skip",
    });
  });
});

describe("inputHashes", () => {
  const dates = fc.integer({ min: 1, max: 28 }).map((day) => `2021-11-${String(day).padStart(2, "0")}`);
  const digests = fc
    .dictionary(dates, fc.string({ unit: fc.constantFrom("0", "1", "e", "f"), minLength: 1 }), { maxKeys: 12 })
    .map((entries) => new Map(Object.entries(entries).map(([date, digest]) => [date, { rows: 1, digest }])));

  it("moves exactly for the partitions whose window reaches the changed date", () => {
    fc.assert(
      fc.property(
        digests,
        dates,
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 3 }),
        (before, changed, back, ahead) => {
          const reader: PlanNode = {
            ...node,
            upstreams: [{ key: "d.source", window: { back, ahead }, columns: undefined }],
          };
          const after = new Map(before).set(changed, { rows: 9, digest: "changed" });
          const all = Array.from({ length: 28 }, (_, index) => `2021-11-${String(index + 1).padStart(2, "0")}`);
          const old = inputHashes(reader, all, seen(before));
          const now = inputHashes(reader, all, seen(after));
          for (const date of all) {
            const distance = Number(changed.slice(8)) - Number(date.slice(8));
            const reached = distance >= -back && distance <= ahead;
            expect(old.get(date)?.hash !== now.get(date)?.hash).toBe(reached);
          }
        },
      ),
    );
  });

  it("tells columns of another type from equal rows", () => {
    const one = new Map([["2021-11-14", { rows: 1, digest: "1" }]]);
    const [before, after] = ["INT64", "STRING"].map((type) => inputHashes(node, [DAY], seen(one, type)));
    expect(before?.get(DAY)?.hash).not.toBe(after?.get(DAY)?.hash);
  });

  it("tells an upstream that is not there from an empty one", () => {
    const hashes = [new Map(), seen(new Map())].map((digests) => inputHashes(node, [DAY], digests).get(DAY)?.hash);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it("tells a row that moved from one partition to the next", () => {
    const one = { rows: 1, digest: "1" };
    const here = inputHashes(node, [DAY], seen(new Map([["2021-11-14", one]])));
    const there = inputHashes(node, [DAY], seen(new Map([["2021-11-15", one]])));
    expect(here.get(DAY)?.hash).not.toBe(there.get(DAY)?.hash);
  });
});
