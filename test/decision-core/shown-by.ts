import type { History } from "./history.js";
import { action, dated, FUNCTION, INCREMENTAL, OPERATION, PROTECTED, read, run, TABLE, undated } from "./seeds.js";

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
};

/** The history that shows a bug, as fast-check takes examples. */
export function examplesOf(bug: string): [History][] {
  const history = SHOWN_BY[bug];
  return history === undefined ? [] : [[history]];
}
