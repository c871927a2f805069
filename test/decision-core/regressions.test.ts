import { describe, it } from "vitest";
import type { History } from "./history.js";
import { memoryOutside } from "./memory-outside.js";
import { live } from "./player.js";
import { ASSERTION, action, dated, FIRST_DATE, INCREMENTAL, MERGE, read, run, TABLE, undated, VIEW } from "./seeds.js";

/** Histories that once broke the promise. Inputs count the actions before, then the sources. */
const FOUND: Readonly<Record<string, History>> = {
  "a model above a disabled one whose own upstream is stale": {
    sources: [dated()],
    actions: [
      action(INCREMENTAL, [read(0)], { accumulation: 1 }),
      action(INCREMENTAL, [read(0)], { forecast: 1 }),
      action(INCREMENTAL, [read(4)]),
    ],
    steps: [
      run(),
      { do: "edit", action: 4, what: 16, value: 0 },
      { do: "insert", source: 0, d: 0, k: 0, v: 0 },
      run({ select: [5], upstream: false }),
    ],
  },
  "a model above a disabled one that is asked for and whose own upstream is stale": {
    sources: [dated()],
    actions: [
      action(INCREMENTAL, [read(0)], { forecast: 1 }),
      action(INCREMENTAL, [read(0)], { forecast: 1 }),
      action(INCREMENTAL, [read(1)]),
      action(INCREMENTAL, [read(0)], { forecast: 1 }),
    ],
    steps: [
      run(),
      { do: "edit", action: 1, what: 16, value: 0 },
      run({ from: 0, select: [1, 2, 3], upstream: false, again: true }),
    ],
  },
  "dates that only a table without dates has, in a run without a window": {
    sources: [dated({ d: 0, k: 0, v: 0 }), undated({ d: 1, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, [read(0)]), action(INCREMENTAL, [read(2), read(0)])],
    steps: [run()],
  },
  "the last date of every source goes, in a run without a window": {
    sources: [dated({ d: 0, k: 0, v: 1 }, { d: 3, k: 0, v: 1 })],
    actions: [action(INCREMENTAL, [read(0)])],
    steps: [run(), { do: "deleteDate", source: 0, d: 3, k: 0 }, run()],
  },
  "a hand edit of a table that is built whole though it is partitioned": {
    sources: [undated()],
    actions: [action(INCREMENTAL, [read(0)])],
    steps: [run(), { do: "tamper", action: 0, row: 0, v: 0 }],
  },
  "an incremental model without any date, and a table that reads it": {
    sources: [undated()],
    actions: [action(INCREMENTAL, [read(0)]), action(TABLE, [read(0)]), action(INCREMENTAL, [read(1), read(0)])],
    steps: [run()],
  },
  "an assertion on a view that stands behind the model it guards": {
    sources: [dated({ d: 0, k: 0, v: 5 })],
    actions: [
      action(INCREMENTAL, [read(0)]),
      action(VIEW, [read(0)]),
      action(ASSERTION, [read(1)], { coarse: true, version: 3 }),
    ],
    steps: [run(), { do: "update", source: 0, d: 0, k: 0, v: 2 }],
  },
  "a gate that blocks a model of which some partitions were unchanged": {
    sources: [undated({ d: 0, k: 0, v: 0 })],
    actions: [
      action(INCREMENTAL, [read(0)], { version: 1 }),
      action(INCREMENTAL, [read(0)], { version: 1 }),
      action(INCREMENTAL, [read(1)], { version: 2, coarse: true }),
      action(INCREMENTAL, [read(0)]),
    ],
    steps: [
      run({ from: 0 }),
      run({ from: 0, days: 1, select: [2, 0] }),
      { do: "add", action: action(ASSERTION, [read(2)], { version: 1, coarse: true }) },
      run({ from: 0, days: 2 }),
      { do: "tamper", action: 0, row: 0, v: 0 },
    ],
  },
  "two tables above a model of which a run without upstream builds one date": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, [read(0)]), action(TABLE, [read(0)]), action(TABLE, [read(1)])],
    steps: [run({ from: 1, upstream: false }), run({ from: 1, upstream: false })],
  },
  "a forecast of the first date there is": {
    sources: [dated({ d: FIRST_DATE, k: 0, v: 0 }, { d: 4, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, [read(0)], { forecast: 1 })],
    steps: [run(), { do: "deleteRow", source: 0, d: 4, k: 0 }],
  },
  "a table that becomes one of another kind and loses its rows": {
    sources: [dated()],
    actions: [action(INCREMENTAL, [read(0)])],
    steps: [run(), { do: "tamper", action: 0, row: 0, v: 0 }, { do: "edit", action: 0, what: 7, value: 0 }],
  },
  "one night that needs dates which only an undated source has": {
    sources: [undated({ d: 3, k: 0, v: 0 }, { d: 2, k: 0, v: 0 }), dated()],
    actions: [action(INCREMENTAL, [read(0), read(1)], { version: 1 }), action(INCREMENTAL, [read(0, { back: 1 })])],
    steps: [run({ from: 3 })],
  },
  "rows of an accumulating model that a window and the rest both hold": {
    sources: [undated({ d: 1, k: 1, v: 0 })],
    actions: [
      action(INCREMENTAL, [read(0)], { accumulation: MERGE }),
      action(INCREMENTAL, [read(0)], { unsplit: true }),
    ],
    steps: [run({ from: 0, days: 1, select: [0] }), run({ from: 0, days: 1 }), run({ from: 1 })],
  },
  "one night that reads rows which earlier code has left on a date without inputs": {
    sources: [dated(), dated({ d: 0, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, [read(1)])],
    steps: [
      run(),
      { do: "edit", action: 0, what: 6, value: 0 },
      { do: "add", action: action(INCREMENTAL, [read(0)], { forecast: 1 }) },
      run({ from: 1 }),
    ],
  },
  "a view that is not asked for between a model that fails and one that is": {
    sources: [dated()],
    actions: [
      action(INCREMENTAL, [read(0)], { forecast: 1 }),
      action(INCREMENTAL, [read(0)]),
      action(VIEW, [read(0)]),
      action(INCREMENTAL, [read(2)]),
    ],
    steps: [run(), { do: "edit", action: 0, what: 4, value: 0 }, run({ from: 0, select: [3] })],
  },
  "a view on a view that was edited and is not asked for": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(VIEW, [read(0)]), action(VIEW, [read(0)])],
    steps: [run(), { do: "edit", action: 0, what: 14, value: 1 }, run({ select: [1] }), run()],
  },
  "a view on a view that was edited and that this run leaves as it is": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(VIEW, [read(0)]), action(VIEW, [read(0)])],
    steps: [
      run(),
      { do: "edit", action: 0, what: 14, value: 1 },
      run({ select: [1], upstream: false, again: true }),
      run(),
    ],
  },
  "a model whose upstream nobody builds and does not have to: what that reads has turned out the same": {
    sources: [dated()],
    actions: [
      action(INCREMENTAL, [read(0)]),
      action(INCREMENTAL, [read(0)], { accumulation: 1 }),
      action(INCREMENTAL, [read(1)], { accumulation: 1 }),
    ],
    steps: [run(), { do: "edit", action: 0, what: 6, value: 1 }, run({ select: [2, 0], upstream: false })],
  },
  "a view on a view that is disabled and then edited": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(VIEW, [read(0)]), action(VIEW, [read(0)])],
    steps: [run(), { do: "edit", action: 0, what: 3, value: 0 }, { do: "edit", action: 0, what: 14, value: 1 }, run()],
  },
  "columns that change their order before who names them": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, [read(0)])],
    steps: [run(), { do: "reorder", source: 0 }, run()],
  },
  "a full refresh of one date of an accumulating model whose columns somebody has put in another order": {
    sources: [dated()],
    actions: [action(INCREMENTAL, [read(0)], { accumulation: 2 })],
    steps: [run(), { do: "tamper", action: 0, row: 7, v: 0 }, run({ from: 0, force: true })],
  },
  "a full refresh of one date of an accumulating model whose source got another type": {
    sources: [dated({ d: 0, k: 0, v: 0 }, { d: 1, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, [read(0)], { accumulation: 2 })],
    steps: [
      run(),
      { do: "deleteRow", source: 0, d: 1, k: 0 },
      { do: "retype", source: 0 },
      run({ from: 0, force: true }),
    ],
  },
  "a full refresh of what reads an accumulating model": {
    sources: [dated({ d: 0, k: 5, v: 0 })],
    actions: [action(INCREMENTAL, [read(0)], { accumulation: MERGE }), action(INCREMENTAL, [read(0)])],
    steps: [run(), { do: "insert", source: 0, d: 0, k: 0, v: 0 }, run({ select: [1], force: true }), run()],
  },
};

describe("a history that once went wrong", () => {
  it.each(Object.entries(FOUND))("%s", async (_name, history) => {
    await live(history, memoryOutside());
  });
});
