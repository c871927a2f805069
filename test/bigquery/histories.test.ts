import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as scanner from "../../runner/googlesql/index.js";
import { type History, histories } from "../decision-core/history.js";
import { manyOf } from "../decision-core/many.js";
import { live } from "../decision-core/player.js";
import { action, dated, INCREMENTAL, read, run, TABLE } from "../decision-core/seeds.js";
import { randomFrom } from "../random.js";
import { FAULTS } from "./faulty-proxy.js";
import { bigQueryOutside } from "./outside.js";

const MANY = manyOf(process.env.FASTBREAK_BIGQUERY_HISTORIES, 2);
const IS_PROOF = process.env.FASTBREAK_BIGQUERY_HISTORIES !== undefined;
/** Histories at a time. */
const LANES = IS_PROOF ? 6 : 1;
const SHARE = 0.2;

/** Histories that once went wrong here. */
const FOUND: Readonly<Record<string, History>> = {
  "a model whose rows change and whose post_operations read them": {
    sources: [dated({ d: 0, k: 0, v: 0 })],
    actions: [action(TABLE, [read(0)], { after: 2 })],
    steps: [run(), { do: "insert", source: 0, d: 1, k: 1, v: 5 }, run()],
  },
  "a source with rows of the first year of the calendar": {
    sources: [dated({ d: 15, k: 0, v: 1 }, { d: 0, k: 0, v: 2 })],
    actions: [action(INCREMENTAL, [read(0)])],
    steps: [run(), { do: "insert", source: 0, d: 15, k: 1, v: 5 }, run()],
  },
};

describe("a history that once went wrong on BigQuery", () => {
  it.each(Object.entries(FOUND))("%s", async (_name, history) => {
    const outside = await bigQueryOutside();
    try {
      await live(history, outside, scanner);
    } finally {
      await outside.close();
    }
  });
});

describe("any history of a project on BigQuery", () => {
  it(`keeps the promise of the other engines while ${SHARE * 100} % of its calls go wrong (${MANY.numRuns} histories)`, {
    timeout: 7_200_000,
  }, async () => {
    const unhandled: unknown[] = [];
    const note = (cause: unknown) => void unhandled.push(cause);
    process.on("unhandledRejection", note);
    let [calls, faulted, played] = [0, 0, 0];
    const play = async (history: History, seed: number) => {
      const outside = await bigQueryOutside();
      const random = randomFrom(seed);
      outside.proxy.fault = () => (random() < SHARE ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined);
      try {
        await live(history, outside, scanner);
      } finally {
        played += 1;
        calls += outside.proxy.calls.length;
        faulted += outside.proxy.calls.filter(({ fault }) => fault !== undefined).length;
        await outside.close();
        if (IS_PROOF && played % 25 === 0)
          process.stderr.write(`${played} histories, ${calls} calls, ${faulted} faulted\n`);
      }
    };
    const property = fc.asyncProperty(histories("engine", 6), fc.integer({ min: 1, max: 2 ** 31 - 2 }), play);
    // Most of the time of a history is waiting for what has failed: several share a machine well.
    const lanes = Array.from({ length: LANES }, (_, lane) => ({
      numRuns: Math.ceil((MANY.numRuns - lane) / LANES),
      ...(MANY.seed === undefined ? {} : { seed: MANY.seed + lane }),
      // Making a history shorter that has failed takes a server for each try: the seed and the path play it again.
      endOnFailure: true,
    }));
    await Promise.all(lanes.map((lane) => fc.assert(property, lane)));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    expect(played).toBe(MANY.numRuns);
    expect(faulted).toBeGreaterThan(0);
    if (IS_PROOF) console.log(`${played} histories, ${calls} calls, ${faulted} faulted`);
  });
});
