import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CodeHash, CompiledHash, PlanNode } from "../graph/node.js";
import { type Fingerprint, type Partition, partitionOfDate } from "../port/identity.js";
import type { PartitionDigests } from "../port/port.js";
import { type DecideInput, decide } from "./decide.js";
import { inputHashes } from "./input-hash.js";
import type { InputDigests, InputHashText, OutputVersion, PartitionState } from "./types.js";

const node: PlanNode = {
  key: "d.model",
  kind: "model",
  partitioned: true,
  upstreams: [{ key: "d.source", window: { back: 2, ahead: 0 }, columns: undefined }],
  codeHash: "code" as CodeHash,
  compiledHash: "sql" as CompiledHash,
  volatile: undefined,
  disabled: false,
  standingViews: [],
};

const DAY = partitionOfDate("2021-11-15");
const digests = (entries: Readonly<Record<string, string>>): PartitionDigests =>
  new Map(
    Object.entries(entries).map(([date, digest]) => [date as Partition, { rows: 1, digest: digest as Fingerprint }]),
  );
const seen = (partitions: PartitionDigests, columns = "c"): InputDigests =>
  new Map([["d.source", { columns, partitions }]]);
const inputs = seen(digests({ "2021-11-14": "a" }));

function built(overrides: Partial<PartitionState> = {}): PartitionState {
  const { hash, byUpstream } = inputHashes(node, [DAY], inputs, undefined).get(DAY) ?? { hash: "", byUpstream: {} };
  return {
    codeHash: "code" as CodeHash,
    compiledHash: "sql" as CompiledHash,
    inputHash: hash as InputHashText,
    inputs: byUpstream,
    fingerprint: "f" as Fingerprint,
    outputVersion: "c:v1" as OutputVersion,
    rows: 1,
    engineVersion: "e",
    restingOn: [],
    verdict: undefined,
    runId: "r",
    recordedAt: "2021-11-16 00:00:00+00:00",
    ...overrides,
  };
}

const LIVE = { exists: true, columns: "c", effects: "", rows: new Map([[DAY, "v1" as Fingerprint]]) };

function input(overrides: Partial<DecideInput> = {}): DecideInput {
  return {
    node,
    partitions: [DAY],
    outside: undefined,
    state: new Map([[DAY, built()]]),
    live: LIVE,
    inputs: inputHashes(node, [DAY], inputs, undefined),
    engineVersion: "e",
    forced: false,
    pending: new Map(),
    staleUpstreams: () => [],
    ...overrides,
  };
}

const only = (overrides: Partial<DecideInput>) => decide(input(overrides))[0];

describe("decide", () => {
  it("skips what is known to be equal", () => {
    expect(only({})).toMatchObject({ decision: "skip", reason: "unchanged" });
  });

  it("calls an edit that leaves the compiled SQL as it was cosmetic", () => {
    expect(only({ node: { ...node, codeHash: "edited" as CodeHash } })).toMatchObject({
      decision: "skip",
      reason: "cosmetic",
    });
  });

  it.each<[string, Partial<DecideInput>]>([
    ["never_built", { state: new Map() }],
    ["table_missing", { live: { ...LIVE, exists: false } }],
    ["code_changed", { node: { ...node, compiledHash: "other" as CompiledHash } }],
    ["volatile", { node: { ...node, volatile: "it calls RAND() at line 1" } }],
    ["table_modified", { live: { ...LIVE, rows: new Map([[DAY, "v2" as Fingerprint]]) } }],
    ["table_modified", { live: { ...LIVE, rows: new Map() } }],
    ["table_modified", { live: { ...LIVE, columns: "other" } }],
    [
      "inputs_changed",
      { state: new Map([[DAY, built({ inputHash: "x" as InputHashText, inputs: { "d.source": "x" } })]]) },
    ],
    ["inputs_changed", { inputs: new Map() }],
    ["inputs_changed", { pending: new Map([["d.source", [partitionOfDate("2021-11-13")]]]) }],
    ["engine_changed", { engineVersion: "f" }],
    ["forced", { forced: true }],
  ])("runs: %s", (reason, overrides) => {
    expect(only(overrides)).toMatchObject({ decision: "run", reason });
  });

  it("does not call unchanged what rests on stale rows, and says so until it no longer does", () => {
    expect(only({ staleUpstreams: () => ["d.source"] })).toMatchObject({ decision: "skip", reason: "stale_upstream" });
    const state = new Map([[DAY, built({ restingOn: ["d.source"] })]]);
    expect(only({ state })).toMatchObject({ decision: "skip", reason: "cosmetic" });
  });

  it("names the upstream whose digest moved", () => {
    const state = new Map([[DAY, built({ inputHash: "x" as InputHashText, inputs: { "d.source": "before" } })]]);
    expect(only({ state })).toMatchObject({ evidence: { what: "input", upstream: "d.source", old: "before" } });
  });

  it("does not wait for an upstream partition that the read window cannot reach", () => {
    expect(only({ pending: new Map([["d.source", ["2021-11-12", "2021-11-16"].map(partitionOfDate)]]) })).toMatchObject(
      {
        decision: "skip",
      },
    );
  });
});

describe("inputHashes", () => {
  const dates = fc.integer({ min: 1, max: 28 }).map((day) => `2021-11-${String(day).padStart(2, "0")}`);
  const someDigests = fc
    .dictionary(dates, fc.string({ unit: fc.constantFrom("0", "1", "e", "f"), minLength: 1 }), { maxKeys: 12 })
    .map(digests);
  const hashesOf = (reader: PlanNode, days: readonly string[], seenInputs: InputDigests) =>
    inputHashes(reader, days.map(partitionOfDate), seenInputs, undefined);

  it("moves exactly for the partitions whose window reaches the changed date", () => {
    fc.assert(
      fc.property(
        someDigests,
        dates,
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 3 }),
        (before, changed, back, ahead) => {
          const reader: PlanNode = {
            ...node,
            upstreams: [{ key: "d.source", window: { back, ahead }, columns: undefined }],
          };
          const after = new Map([...before, ...digests({ [changed]: "changed" })]);
          const all = Array.from({ length: 28 }, (_, index) => `2021-11-${String(index + 1).padStart(2, "0")}`);
          const old = hashesOf(reader, all, seen(before));
          const now = hashesOf(reader, all, seen(after));
          for (const date of all.map(partitionOfDate)) {
            const distance = Number(changed.slice(8)) - Number(date.slice(8));
            const reached = distance >= -back && distance <= ahead;
            expect(old.get(date)?.hash !== now.get(date)?.hash).toBe(reached);
          }
        },
      ),
    );
  });

  it("tells columns of another type from equal rows", () => {
    const one = digests({ "2021-11-14": "1" });
    const [before, after] = ["INT64", "STRING"].map((type) => hashesOf(node, [DAY], seen(one, type)));
    expect(before?.get(DAY)?.hash).not.toBe(after?.get(DAY)?.hash);
  });

  it("tells an upstream that is not there from an empty one", () => {
    const hashes = [new Map(), seen(new Map())].map((one) => hashesOf(node, [DAY], one).get(DAY)?.hash);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it("tells a row that moved from one partition to the next", () => {
    const here = hashesOf(node, [DAY], seen(digests({ "2021-11-14": "1" })));
    const there = hashesOf(node, [DAY], seen(digests({ "2021-11-15": "1" })));
    expect(here.get(DAY)?.hash).not.toBe(there.get(DAY)?.hash);
  });
});
