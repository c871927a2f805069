import type { History } from "./history.js";
import {
  ASSERTION,
  action,
  dated,
  FUNCTION,
  INCREMENTAL,
  OPERATION,
  PROTECTED,
  read,
  run,
  TABLE,
  undated,
} from "./seeds.js";

/** Histories that show bugs which random ones seldom meet, by bug: they are lived through first. */
const SHOWN_BY: Readonly<Record<string, History>> = {
  "takes the calendar between two dates for one stretch": {
    sources: [dated({ d: 4, k: 0, v: 0 }, { d: 3, k: 0, v: 0 }, { d: 8, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, [read(0)]), action(INCREMENTAL, [read(0, { back: 1 })])],
    steps: [
      run(),
      { do: "extend", source: 0, v: 1 },
      { do: "edit", action: 0, what: 8, value: 0 },
      run({ from: 4, select: [1] }),
    ],
  },
  "builds what is decided by itself with the rest too": {
    sources: [undated({ d: 0, k: 0, v: 0 })],
    actions: [
      action(INCREMENTAL, [read(0)], { accumulation: PROTECTED }),
      action(TABLE, [read(0)]),
      action(INCREMENTAL, [read(0)]),
    ],
    steps: [run({ from: 0, upstream: false }), run({ from: 0 }), run()],
  },
  "does not see functions that no dependency names": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(FUNCTION, [read(0)]), action(TABLE, [read(0)], { calls: 1 })],
    steps: [run(), { do: "edit", action: 0, what: 14, value: 1 }, run()],
  },
  "does not watch what statements make": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(OPERATION, [read(0)], { other: true, skippable: true })],
    steps: [run(), { do: "dropEffect", action: 0 }, run()],
  },
  "does not see what pre_operations read": {
    sources: [dated({ d: 0, k: 0, v: 0 }), dated({ d: 0, k: 0, v: 0 })],
    actions: [action(TABLE, [read(0)], { before: 1 })],
    steps: [run(), { do: "update", source: 1, d: 0, k: 0, v: 7 }, run()],
  },
  "takes keys that read alike for one": {
    sources: [dated({ d: 0, k: 3, v: 0 })],
    actions: [action(TABLE, [read(0)])],
    steps: [run(), { do: "alike", source: 0 }, run()],
  },
  "does not know which tables an operation makes": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(OPERATION, [read(0)], { other: true }), action(TABLE, [read(0)])],
    steps: [run(), { do: "edit", action: 0, what: 14, value: 1 }, run()],
  },
  "needs the nearest upstream only": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [
      action(INCREMENTAL, [read(0)]),
      action(TABLE, [read(0)], { accumulation: 1 }),
      action(INCREMENTAL, [read(1)]),
      action(INCREMENTAL, [read(0)]),
    ],
    steps: [run({ from: 1, select: [0] }), run({ select: [6] })],
  },
  "makes needed history anew with what is forced": {
    sources: [dated(), dated({ d: 0, k: 1, v: 0 })],
    actions: [
      action(INCREMENTAL, [read(1), read(0)], { forecast: 1 }),
      action(INCREMENTAL, [read(0)], { accumulation: 3 }),
      action(INCREMENTAL, [read(0)]),
      action(INCREMENTAL, [read(6)]),
    ],
    steps: [run(), run({ from: 0, days: 1, select: [3, 0], force: true })],
  },
  "tells what an assertion finds only once": {
    sources: [undated({ d: 0, k: 0, v: 2 })],
    actions: [
      action(ASSERTION, [read(0)], { version: 2, coarse: true, forecast: 1, accumulation: 1, warns: true }),
      action(INCREMENTAL, [read(0)], { accumulation: 1 }),
    ],
    steps: [run()],
  },
  "forgets what an assertion has found": {
    sources: [undated({ d: 0, k: 0, v: 2 })],
    actions: [
      action(ASSERTION, [read(0)], { version: 2, coarse: true, forecast: 1, accumulation: 1, warns: true }),
      action(INCREMENTAL, [read(0)], { accumulation: 1 }),
    ],
    steps: [run(), run()],
  },
  "does not look at the columns of its inputs": {
    sources: [dated()],
    actions: [action(INCREMENTAL, [read(0)], { star: true })],
    steps: [run(), { do: "extend", source: 0, v: 1 }, run()],
  },
  "takes a table without another row for what it was": {
    sources: [dated()],
    actions: [action(INCREMENTAL, [read(0)]), action(INCREMENTAL, [read(0)], { forecast: 1, accumulation: 1 })],
    steps: [{ do: "insert", source: 0, d: 0, k: 0, v: 0 }, run(), { do: "include", half: 0, what: 7, value: 0 }, run()],
  },
  "does not look at the order of columns": {
    sources: [dated()],
    actions: [action(INCREMENTAL, [read(0)])],
    steps: [run({ from: 0 }), { do: "tamper", action: 0, row: 7, v: 0 }, run({ from: 0 })],
  },
  "takes a dropped table for an empty one": {
    sources: [dated()],
    actions: [action(INCREMENTAL, [read(0)], { unsplit: true })],
    steps: [run(), { do: "edit", action: 0, what: 7, value: 0 }, run()],
  },
  "makes a protected model anew": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, [read(0)], { accumulation: PROTECTED })],
    steps: [run(), run({ force: true }), { do: "upgrade" }, run()],
  },
};

/** The history that shows a bug, as fast-check takes examples. */
export function examplesOf(bug: string): [History][] {
  const history = SHOWN_BY[bug];
  return history === undefined ? [] : [[history]];
}
