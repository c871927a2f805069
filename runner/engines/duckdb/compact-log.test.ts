import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compactLog } from "./compact-log.js";
import { readLatestRows } from "./latest-rows.js";

const LOG = { table: { dataset: "main", name: "log" }, key: ["model", "day"], newestBy: ["recorded_at", "run_id"] };

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeEach(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
});
afterEach(() => {
  connection.closeSync();
  instance.closeSync();
});

/** Nights that each record so many keys, two of them at a time. */
async function logOf(nights: number, keys: number): Promise<void> {
  await connection.run(`CREATE TABLE log AS SELECT 'm' || (i % ${keys}) AS model, CASE WHEN i % 7 = 0 THEN NULL ELSE 'd' || (i % 3) END AS day,
    night // 2 AS recorded_at, 'run' || night AS run_id, hash(i, night)::VARCHAR AS said
    FROM range(${nights}) AS n(night), range(${keys}) AS k(i) ORDER BY hash(night, i)`);
}

const latest = async () => {
  const rows = await readLatestRows(connection, { ...LOG, columns: ["model", "day", "recorded_at", "run_id", "said"] });
  return rows.map((row) => JSON.stringify(Object.values(row).map(String))).sort();
};
const count = async () => Number((await connection.runAndReadAll("SELECT count(*) FROM log")).getRows()[0]?.[0]);

describe("a log that is compacted", () => {
  it("gives the same newest rows, and has no others", async () => {
    await logOf(30, 500);
    const before = await latest();
    expect(await compactLog(connection, LOG)).toBe(true);
    expect(await count()).toBe(before.length);
    expect(await latest()).toEqual(before);
    expect(await compactLog(connection, LOG)).toBe(false);
  });

  it.each([
    ["few rows", 30, 300],
    ["few rows a key", 2, 6000],
  ])("is left as it is with %s", async (_, nights, keys) => {
    await logOf(nights, keys);
    expect(await compactLog(connection, LOG)).toBe(false);
    expect(await count()).toBe(nights * keys);
  });
});
