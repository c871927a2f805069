import fc from "fast-check";
import { afterAll, describe, it } from "vitest";
import * as scanner from "../../runner/googlesql/index.js";
import { duckDbOutsides } from "./duckdb-outside.js";
import { type History, histories } from "./history.js";
import { manyOf } from "./many.js";
import { live } from "./player.js";
import { ASSERTION, action, dated, FUNCTION, INCREMENTAL, read, run, TABLE, VIEW } from "./seeds.js";

const MANY = manyOf(process.env.FASTBREAK_DUCKDB_HISTORIES, 15);
const outsides = await duckDbOutsides();
afterAll(() => outsides.remove());

/** The dialect finds out what the queries read, where histories in memory take what it must find. */
async function liveOnDuckDb(history: History): Promise<void> {
  const outside = await outsides.open();
  try {
    await live(history, outside, scanner);
  } finally {
    await outside.close();
  }
}

/** Histories with statements that once broke the promise. */
const FOUND: Readonly<Record<string, History>> = {
  "a column that another type is given, which the query reads in its list alone": {
    sources: [dated()],
    actions: [action(INCREMENTAL, [read(0)])],
    steps: [run(), { do: "retype", source: 0 }],
  },
  "a column more of a source behind a view of all columns, of which a model reads the old ones": {
    sources: [dated()],
    actions: [action(VIEW, [read(0)], { wide: true }), action(INCREMENTAL, [read(1)], { accumulation: 1 })],
    steps: [run(), { do: "extend", source: 0, v: 0 }, run()],
  },
  "other keys of a source, which queries read in their lists alone": {
    sources: [dated({ d: 6, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, [read(0)], { accumulation: 1 }), action(INCREMENTAL, [read(0)], { forecast: 1 })],
    steps: [run(), { do: "alike", source: 0 }],
  },
  "rows that an assertion finds behind the last date of all sources, in a run without a window": {
    sources: [dated({ d: 2, k: 3, v: 6 })],
    actions: [
      action(INCREMENTAL, [read(0, { back: 1 })], { forecast: 2, coarse: true }),
      action(ASSERTION, [read(0)], { warns: true, coarse: true }),
    ],
    steps: [run(), run()],
  },
  "a function dropped beneath a model that nobody asks for, and a reader of that model": {
    sources: [dated({ d: 0, k: 0, v: 5 })],
    actions: [
      action(FUNCTION, []),
      action(INCREMENTAL, [read(0)], { calls: 1 }),
      action(INCREMENTAL, [read(0)], { calls: 1 }),
    ],
    steps: [run(), { do: "dropEffect", action: 0 }, run({ select: [0, 2], upstream: false })],
  },
  "a table that post_operations make, changed by the build of other dates": {
    sources: [dated({ d: 6, k: 0, v: 0 }, { d: 0, k: 0, v: 0 })],
    actions: [action(INCREMENTAL, [read(0)], { after: 2 })],
    steps: [run({ from: 0 }), run(), run()],
  },
  "a model asked for alone whose pre_operations read a view that nobody has made": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(VIEW, [read(0)]), action(INCREMENTAL, [read(1)], { before: 2 })],
    steps: [run({ select: [1] })],
  },
  "one date of a model whose pre_operations read, through a view, dates that nobody has built": {
    sources: [dated({ d: 0, k: 0, v: 1 }, { d: 10, k: 0, v: 9 })],
    actions: [action(INCREMENTAL, [read(0)]), action(VIEW, [read(0)]), action(INCREMENTAL, [read(1)], { before: 4 })],
    steps: [run({ from: 0 })],
  },
  "a model whose pre_operations read a view that is edited": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(VIEW, [read(0)]), action(TABLE, [read(1)], { before: 2 })],
    steps: [run(), { do: "edit", action: 0, what: 14, value: 1 }, run({ select: [0] }), run()],
  },
  "a column that somebody adds to a source between two runs": {
    sources: [dated()],
    actions: [action(INCREMENTAL, [read(0)], { forecast: 1 })],
    steps: [{ do: "extend", source: 0, v: 0 }, run(), { do: "extend", source: 0, v: 0 }],
  },
  "a table of post_operations that somebody drops between two runs": {
    sources: [dated()],
    actions: [action(INCREMENTAL, [read(0)], { after: 2 })],
    steps: [run(), { do: "dropEffect", action: 0 }],
  },
  "a row that somebody adds outside of the run's dates, to a table whose rows post_operations count": {
    sources: [dated()],
    actions: [action(INCREMENTAL, [read(0)], { after: 2 })],
    steps: [run({ from: 0, days: 1 }), { do: "tamper", action: 0, row: 0, v: 0 }, run({ from: 1 }), run()],
  },
  "an assertion that only warns, of rows that are not of the run's dates": {
    sources: [dated({ d: 0, k: 0, v: 3 })],
    actions: [action(ASSERTION, [read(0)], { version: 3, warns: true })],
    steps: [run({ from: 1 }), run({ from: 1 }), run({ from: 0 })],
  },
  "an assertion that only warns, of rows without a date": {
    sources: [dated({ d: 0, k: 0, v: 3 }, { d: 10, k: 0, v: 3 })],
    actions: [action(ASSERTION, [read(0)], { version: 3, warns: true })],
    steps: [run({ from: 1 }), run({ from: 1 })],
  },
};

describe("a history that once went wrong on DuckDB", () => {
  it.each(Object.entries(FOUND))("%s", async (_name, history) => {
    await liveOnDuckDb(history);
  });
});

describe("any history of a project on DuckDB", () => {
  it(`leaves the warehouse as a rebuild would, does the least work, and gives true reasons (${MANY.numRuns} histories)`, {
    timeout: 7_200_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(histories("engine", 8), async (history) => {
        await liveOnDuckDb(history);
      }),
      MANY,
    );
  });
});
