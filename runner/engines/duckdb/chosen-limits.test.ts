import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { limitStatements } from "./chosen-limits.js";
import { type DatabaseFile, openDatabase, openMemoryDatabase } from "./open.js";

const folder = mkdtempSync(join(tmpdir(), "fastbreak-limits-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LIMITS = { memory: "300MB", threads: 3 };

it.each<[string, () => Promise<DatabaseFile>]>([
  ["a file", () => openDatabase(join(folder, "x.duckdb"), { create: true }, LIMITS)],
  ["memory", () => openMemoryDatabase(LIMITS)],
])("reach a database in %s", async (_where, open) => {
  const file = await open();
  const connection = await file.connect();
  const reader = await connection.runAndReadAll("SELECT current_setting('threads'), current_setting('memory_limit')");
  expect(reader.getRowsJson()).toEqual([["3", "286.1 MiB"]]);
  connection.closeSync();
  await file.close();
});

it("leave open what nobody chose, and take shares of the machine's memory", () => {
  expect(limitStatements({})).toBe("");
  expect(limitStatements({ memory: "50%" })).toBe(
    `; SET GLOBAL memory_limit = '${Math.floor(totalmem() / 2 ** 21)}MiB'`,
  );
});

it("stay as the last who has the same file open has chosen them", async () => {
  const path = join(folder, "shared.duckdb");
  const first = await openDatabase(path, { create: true });
  const second = await openDatabase(path, { create: true }, LIMITS);
  const connection = await second.connect();
  const { threads } = first;
  const read = async () => {
    await sleep(50);
    return connection.runAndReadAll("SELECT current_setting('threads')");
  };
  const reader = await threads.during(() => threads.during(read));
  expect(reader.getRowsJson()).toEqual([["3"]]);
  connection.closeSync();
  await second.close();
  await first.close();
});
