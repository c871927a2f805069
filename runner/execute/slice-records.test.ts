import { describe, expect, it } from "vitest";
import { EngineError } from "../port/engine-error.js";
import type { SliceRecord } from "../port/key-slices.js";
import type { Transaction, Warehouse } from "../port/port.js";
import { type SlicedBuild, SliceRecords } from "./slice-records.js";

const CONTEXT = { stateDataset: "state", run: { runId: "r", recordedAt: "2024-01-01T00:00:00Z" } };
const BUILD = { model: { inputs: [] }, inputs: new Map(), read: new Map() } as unknown as SlicedBuild;

/** Records whose transactions do what is said, one after the other. */
function recordsOf(ends: readonly (() => Promise<void>)[], isInterrupted = () => false) {
  let begun = 0;
  const transaction = (async () => {
    begun += 1;
    await ends[begun - 1]?.();
  }) as unknown as Warehouse["transaction"];
  return { records: new SliceRecords({ transaction }, CONTEXT, isInterrupted), begun: () => begun };
}

const done = async () => undefined;
const failing = (cause: Error) => async () => {
  throw cause;
};

describe("slices recorded behind builds", () => {
  it("are recorded one after the other, and waited for at the end", async () => {
    let running = 0;
    const slow = async () => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    };
    const { records, begun } = recordsOf([slow, slow, slow]);
    for (let build = 0; build < 3; build++) records.add(BUILD);
    await records.end();
    expect([begun(), running]).toEqual([3, 0]);
  });

  it("are left where the engine refuses, and not where the program is wrong", async () => {
    const refused = recordsOf([failing(new EngineError("query", "disk full")), done]);
    refused.records.add(BUILD);
    refused.records.add(BUILD);
    await refused.records.end();
    expect(refused.begun()).toBe(2);
    const wrong = recordsOf([failing(new TypeError("no such thing")), failing(new TypeError("nor this"))]);
    wrong.records.add(BUILD);
    wrong.records.add(BUILD);
    await expect(wrong.records.end()).rejects.toThrow("no such thing");
  });

  it("are given up by a run that is interrupted", async () => {
    let isInterrupted = false;
    const interrupted = failing(new Error("interrupted"));
    const { records, begun } = recordsOf(
      [
        async () => {
          isInterrupted = true;
          await interrupted();
        },
      ],
      () => isInterrupted,
    );
    records.add(BUILD);
    records.add(BUILD);
    await records.end();
    expect(begun()).toBe(1);
  });

  it("are read of those partitions alone that the build has not read as they are", async () => {
    const relation = { id: { dataset: "d", name: "t" }, columns: [], foreignColumns: [] };
    const input = { upstream: { key: "d.t" }, relation, column: "k", columns: ["k"], seen: undefined, question: "q" };
    const content = (fingerprint: string) => ({ fingerprint, seen: "", slices: `aa:${fingerprint}` });
    const build = {
      model: { inputs: [input] },
      inputs: new Map([["d.t", new Map([..."abcd"].map((name) => [name, { rows: 1, digest: `now of ${name}` }]))]]),
      read: new Map([
        ["q", new Map(["a", "b", "d"].map((name) => [name, content(name === "b" ? "older" : `now of ${name}`)]))],
      ]),
    } as unknown as SlicedBuild;
    const written: object[] = [];
    const asked: SliceRecord[] = [];
    const transaction = {
      // Somebody has recorded the last one.
      latestRows: async () => [{ question: "q", partition: "d", fingerprint: "now of d" }],
      append: async (_: object, __: object, rows: readonly object[]) => void written.push(...rows),
      appendSliceDigests: async (_: object, records: readonly SliceRecord[]) => void asked.push(...records),
    } as unknown as Transaction;
    const warehouse = {
      transaction: (work: (own: Transaction) => unknown) => work(transaction),
    } as unknown as Warehouse;
    const records = new SliceRecords(warehouse, CONTEXT, () => false);
    records.add(build);
    await records.end();
    const run = { question: "q", run_id: "r", recorded_at: "2024-01-01T00:00:00Z" };
    expect(written).toEqual([{ ...run, partition: "a", ...content("now of a") }]);
    expect(asked).toEqual([expect.objectContaining({ fields: run, partitions: new Set(["b", "c"]) })]);
  });
});
