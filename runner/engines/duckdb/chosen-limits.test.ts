import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { limitStatements } from "./chosen-limits.js";
import { openDatabase } from "./open.js";

const folder = mkdtempSync(join(tmpdir(), "fastbreak-limits-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("reach the database", async () => {
  const limits = { memory: "300MB", threads: 2 };
  const file = await openDatabase(join(folder, "x.duckdb"), { create: true }, limits);
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
