import fc from "fast-check";
import { afterAll, describe, it } from "vitest";
import { duckDbOutsides } from "./duckdb-outside.js";
import { histories, live } from "./history.js";

const RUNS = Number(process.env.FASTBREAK_DUCKDB_HISTORIES ?? 100);
const outsides = await duckDbOutsides();
afterAll(() => outsides.remove());

describe("any history of a project on DuckDB", () => {
  it(`leaves the warehouse as a rebuild would, does the least work, and gives true reasons (${RUNS} histories)`, {
    timeout: 3_600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(histories(false, 8), async (history) => {
        const outside = await outsides.open();
        try {
          await live(history, outside);
        } finally {
          await outside.close();
        }
      }),
      { numRuns: RUNS, ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }) },
    );
  });
});
