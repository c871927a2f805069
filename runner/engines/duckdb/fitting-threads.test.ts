import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Warehouse } from "../../port/port.js";
import { type DatabaseFile, openDatabase } from "./open.js";
import { openDuckDbWarehouse } from "./warehouse.js";

const folder = mkdtempSync(join(tmpdir(), "fastbreak-threads-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** More than this machine has cores, so that it is nobody's default. */
const CHOSEN = 99;

async function threadsOf(file: DatabaseFile): Promise<number> {
  const connection = await file.connect();
  try {
    const reader = await connection.runAndReadAll("SELECT current_setting('threads')::INTEGER");
    return Number(reader.getRows()[0]?.[0]);
  } finally {
    connection.closeSync();
  }
}

/** Does something with a warehouse, and tells the threads that it had behind it. */
async function threadsAfter(name: string, work: (warehouse: Warehouse) => Promise<unknown>): Promise<number> {
  const path = join(folder, name);
  const warehouse = await openDuckDbWarehouse(path, { create: true, alone: true });
  // Both share what is open of the file in this process.
  const file = await openDatabase(path, { create: false, alone: true });
  try {
    await work(warehouse);
    return await threadsOf(file);
  } finally {
    await file.close();
    await warehouse.close();
  }
}

const writing = (sql: string) => (warehouse: Warehouse) =>
  warehouse.transaction((transaction) => transaction.script(({ execute }) => execute(sql)));
const rows = (count: number) => `CREATE OR REPLACE TABLE d.t AS SELECT x FROM UNNEST(GENERATE_ARRAY(1, ${count})) AS x`;

describe("a query's threads", () => {
  it("are one while tables are small", async () => {
    expect(await threadsAfter("small.duckdb", writing(`CREATE SCHEMA d; ${rows(1000)}`))).toBe(1);
  });

  it("are all of them from the next transaction on when a table has become large, and from the beginning where one is", async () => {
    const all = await threadsAfter("large.duckdb", async (warehouse) => {
      await writing(`CREATE SCHEMA d; ${rows(600_000)}`)(warehouse);
      await writing("SELECT 1")(warehouse);
    });
    const file = await openDatabase(join(folder, "large.duckdb"), { create: false, alone: true });
    expect(await threadsOf(file)).toBe(all);
    await file.close();
    const shared = await openDatabase(join(folder, "small.duckdb"), { create: false });
    expect(await threadsOf(shared)).toBe(all);
    await shared.close();
  });

  it("are all of them for a text that a user runs, whose tables nobody knows", async () => {
    const all = await threadsAfter("asked.duckdb", (warehouse) => warehouse.script("SELECT 1"));
    const shared = await openDatabase(join(folder, "asked.duckdb"), { create: false });
    expect(await threadsOf(shared)).toBe(all);
    await shared.close();
  });

  it("stay as somebody has chosen them", async () => {
    const path = join(folder, "chosen.duckdb");
    const limits = { threads: CHOSEN };
    const warehouse = await openDuckDbWarehouse(path, { create: true, alone: true }, limits);
    await writing(`CREATE SCHEMA d; ${rows(600_000)}`)(warehouse);
    await warehouse.script("SELECT 1");
    const file = await openDatabase(path, { create: false, alone: true }, limits);
    expect(await threadsOf(file)).toBe(CHOSEN);
    await file.close();
    await warehouse.close();
  });
});
