import fc from "fast-check";
import { afterAll, describe, it } from "vitest";
import { scanQuery } from "../../runner/googlesql/index.js";
import { duckDbOutsides } from "./duckdb-outside.js";
import { histories, live } from "./history.js";
import type { ColumnScan } from "./project.js";

/** What the dialect finds in the queries, where histories in memory take what it must find. */
const scannedColumns: ColumnScan = (_spec, sql) => {
  const { names, tables } = scanQuery(sql);
  return { names, whole: tables.some(({ whole }) => whole) };
};

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
          await live(history, outside, scannedColumns);
        } finally {
          await outside.close();
        }
      }),
      { numRuns: RUNS, ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }) },
    );
  });
});
