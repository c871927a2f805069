import { describe, it } from "vitest";
import { type History, live, type Step } from "./history.js";
import { memoryOutside } from "./memory-outside.js";

const run = (from?: number, days = 0, select?: number[]): Step => ({
  do: "run",
  run: { from, days, select, force: false },
  kill: undefined,
  meanwhile: [],
});
const action = (kind: number, ...inputs: number[]): History["actions"][number] => ({
  kind,
  inputs: inputs.map((of) => ({ of, back: 0, ahead: 0 })),
  version: 0,
  coarse: false,
  keyed: false,
  wide: false,
});
const INCREMENTAL = 0;
const TABLE = 3;
const VIEW = 4;
const ASSERTION = 5;
const undated = (...rows: History["sources"][number]["rows"]) => ({ partitioned: false, keyed: false, rows });
const dated = (...rows: History["sources"][number]["rows"]) => ({ partitioned: true, keyed: false, rows });

/** Histories that once broke the promise. */
const FOUND: Readonly<Record<string, History>> = {
  "dates that only a table without dates has, in a run without a window": {
    sources: [dated({ d: 0, k: 0, v: 0 }), undated({ d: 1, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, 0), action(INCREMENTAL, 2, 0)],
    steps: [run()],
  },
  "the last date of every source goes, in a run without a window": {
    sources: [dated({ d: 0, k: 0, v: 1 }, { d: 3, k: 0, v: 1 })],
    actions: [action(INCREMENTAL, 0)],
    steps: [run(), { do: "deleteDate", source: 0, d: 3, k: 0 }, run()],
  },
  "a hand edit of a table that is built whole though it is partitioned": {
    sources: [undated()],
    actions: [action(INCREMENTAL, 0)],
    steps: [run(), { do: "tamper", action: 0, row: 0, v: 0 }],
  },
  "an incremental model without any date, and a table that reads it": {
    sources: [undated()],
    actions: [action(INCREMENTAL, 0), action(TABLE, 0), action(INCREMENTAL, 1, 0)],
    steps: [run()],
  },
  "an assertion on a view that stands behind the model it guards": {
    sources: [dated({ d: 0, k: 0, v: 5 })],
    actions: [action(INCREMENTAL, 0), action(VIEW, 0), { ...action(ASSERTION, 1), coarse: true, version: 3 }],
    steps: [run(), { do: "update", source: 0, d: 0, k: 0, v: 2 }],
  },
  "a gate that blocks a model of which some partitions were unchanged": {
    sources: [undated({ d: 0, k: 0, v: 0 })],
    actions: [
      { ...action(INCREMENTAL, 0), version: 1 },
      { ...action(INCREMENTAL, 0), version: 1 },
      { ...action(INCREMENTAL, 1), version: 2, coarse: true },
      action(INCREMENTAL, 0),
    ],
    steps: [
      run(0, 0),
      run(0, 1, [2, 0]),
      { do: "add", action: { ...action(ASSERTION, 2), version: 1, coarse: true } },
      run(0, 2),
      { do: "tamper", action: 0, row: 0, v: 0 },
    ],
  },
};

describe("a history that once went wrong", () => {
  it.each(Object.entries(FOUND))("%s", async (_name, history) => {
    await live(history, memoryOutside());
  });
});
