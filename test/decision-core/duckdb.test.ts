import fc from "fast-check";
import { afterAll, describe, it } from "vitest";
import * as scanner from "../../runner/googlesql/index.js";
import { duckDbOutsides } from "./duckdb-outside.js";
import { histories } from "./history.js";
import { live } from "./player.js";

const RUNS = Number(process.env.FASTBREAK_DUCKDB_HISTORIES ?? 60);
const outsides = await duckDbOutsides();
afterAll(() => outsides.remove());

describe("any history of a project on DuckDB", () => {
  it(`leaves the warehouse as a rebuild would, does the least work, and gives true reasons (${RUNS} histories)`, {
    timeout: 7_200_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(histories("engine", 8), async (history) => {
        const outside = await outsides.open();
        try {
          // What the dialect finds in the queries, where histories in memory take what it must find.
          await live(history, outside, scanner);
        } finally {
          await outside.close();
        }
      }),
      { numRuns: RUNS, ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }) },
    );
  });
});
