import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { limitStatements } from "./chosen-limits.js";
import { type DatabaseFile, openDatabase, openMemoryDatabase } from "./open.js";

const folder = mkdtempSync(join(tmpdir(), "fastbreak-limits-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LIMITS = { memory: "300MB", threads: 2 };

it.each<[string, () => Promise<DatabaseFile>]>([
  ["a file", () => openDatabase(join(folder, "x.duckdb"), { create: true }, LIMITS)],
  ["memory", () => openMemoryDatabase(LIMITS)],
])("reach a database in %s", async (_where, open) => {
  const file = await open();
  const connection = await file.connect();
  const reader = await connection.runAndReadAll("SELECT current_setting('threads'), current_setting('memory_limit')");
  expect(reader.getRowsJson()).toEqual([["2", "286.1 MiB"]]);
  connection.closeSync();
  await file.close();
});

it("leave open what nobody chose, and take shares of the machine's memory", () => {
  expect(limitStatements({})).toBe("");
  expect(limitStatements({ memory: "50%" })).toBe(
    `; SET GLOBAL memory_limit = '${Math.floor(totalmem() / 2 ** 21)}MiB'`,
  );
});
