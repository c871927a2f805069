import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Warehouse } from "../../port/port.js";
import { openDuckDbWarehouse } from "./warehouse.js";

let folder: string;
let path: string;
let warehouse: Warehouse;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fastbreak-look-ahead-"));
  path = join(folder, "w.duckdb");
});

afterEach(async () => {
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(alone: boolean): Promise<void> {
  warehouse = await openDuckDbWarehouse(path, { create: true, alone });
  await warehouse.script("CREATE SCHEMA d; CREATE TABLE d.first AS SELECT 1 AS a");
  await warehouse.lookAhead?.();
}

/** The names of the tables that somebody sees who plans. */
const seen = () =>
  warehouse.observe(async (observation) =>
    [...(await observation.relations()).values()].map(({ id }) => id.name).sort(),
  );

describe("a warehouse that has looked ahead", () => {
  it("does not read the catalogue again to plan, until somebody has changed it", async () => {
    await open(true);
    const reading = vi.spyOn(DuckDBConnection.prototype, "runAndReadAll");
    expect(await seen()).toEqual(["first"]);
    expect(reading).not.toHaveBeenCalled();
    reading.mockRestore();
    await warehouse.transaction((transaction) => transaction.execute("CREATE TABLE d.second AS SELECT 2 AS a"));
    expect(await seen()).toEqual(["first", "second"]);
    await warehouse.script("CREATE TABLE d.third AS SELECT 3 AS a; DROP TABLE d.first");
    expect(await seen()).toEqual(["second", "third"]);
    const undone = warehouse.transaction(async (transaction) => {
      await transaction.execute("DROP TABLE d.third");
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await seen()).toEqual(["second", "third"]);
  });

  it.each(["from the beginning", "later"])(
    "sees what others write beside it, who have the file too %s",
    async (since) => {
      await open(since === "later");
      if (since === "later") {
        const other = await openDuckDbWarehouse(path, { create: false, alone: false });
        await other.close();
      }
      const instance = await DuckDBInstance.fromCache(path);
      const connection = await instance.connect();
      await connection.run("CREATE TABLE d.foreign AS SELECT 1 AS a");
      expect(await seen()).toEqual(["first", "foreign"]);
      connection.closeSync();
      instance.closeSync();
    },
  );
});
