import { afterAll, beforeAll, expect, it } from "vitest";
import { openEngine } from "../../tools/conformance/scorer.js";
import type { Catalog } from "../googlesql/catalog.js";
import { parseQueryText } from "../googlesql/parser/statement.js";
import { scanParsed } from "../googlesql/scan.js";
import { translateQuery } from "./index.js";

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
  await engine.connection.run("CREATE SCHEMA d; CREATE TABLE d.t AS SELECT range AS n FROM range(20000)");
  await engine.connection.run("CREATE VIEW d.v AS FROM d.t");
});
afterAll(() => engine.close());

const relation = (name: string, isView: boolean) => ({
  path: ["d", name] as const,
  columns: [{ name: "n", type: "INT64" as const }],
  isView,
});
const catalog: Catalog = {
  find: (path) => [relation("t", false), relation("v", true)].find(({ path: own }) => own.join() === path.join()),
  names: () => ["d.t", "d.v"],
};
const numbers = async (sample: string, from = "d.t") => {
  const { sql } = translateQuery(`SELECT n FROM ${from} TABLESAMPLE SYSTEM (${sample} PERCENT)`, catalog);
  return (await engine.connection.runAndReadAll(sql)).getRows().map(([n]) => Number(n));
};

it("takes about the share that is asked for, the same rows each time, and more of them for more", async () => {
  expect([await numbers("0"), (await numbers("100")).length]).toEqual([[], 20_000]);
  const tenth = await numbers("10", "d.t AS x");
  expect(Math.abs(tenth.length - 2000)).toBeLessThan(200);
  expect(await numbers("10.0")).toEqual(tenth);
  const fifth = new Set(await numbers("20"));
  expect(tenth.every((n) => fifth.has(n))).toBe(true);
  expect(await numbers("CAST('10' AS INT64)")).toEqual(tenth);
  await expect(numbers("CAST('101' AS INT64)")).rejects.toThrow("range [0, 100]");
});

it.each([
  ["d.v TABLESAMPLE SYSTEM (10 PERCENT)", "TABLESAMPLE SYSTEM can only be applied directly to tables"],
  ["(SELECT 1) TABLESAMPLE SYSTEM (10 PERCENT)", "TABLESAMPLE SYSTEM can only be applied directly to tables"],
  ["c TABLESAMPLE SYSTEM (10 PERCENT)", "TABLESAMPLE SYSTEM can only be applied directly to tables"],
  ["d.t TABLESAMPLE SYSTEM (101 PERCENT)", "PERCENT value must be in the range [0, 100]"],
  ["d.t TABLESAMPLE SYSTEM ('1' PERCENT)", "TABLESAMPLE percent must be a number, not STRING"],
  ["d.t TABLESAMPLE SYSTEM (10 ROWS)", "Expected keyword PERCENT but got keyword ROWS"],
  ["d.t TABLESAMPLE BERNOULLI (10 PERCENT)", "TABLESAMPLE other than SYSTEM is not supported"],
])("%s is refused", (from, message) => {
  expect(() => translateQuery(`WITH c AS (SELECT 1 AS n) SELECT 1 FROM ${from}`, catalog)).toThrow(message);
});

it("is volatile: a model that has it is never taken for unchanged", () => {
  const sql = "SELECT n FROM d.t TABLESAMPLE SYSTEM (10 PERCENT)";
  const { volatileCalls, tables } = scanParsed(sql, parseQueryText(sql));
  expect(volatileCalls.map(({ functionName }) => functionName)).toEqual(["TABLESAMPLE"]);
  expect(tables.map(({ path }) => path)).toEqual([["d", "t"]]);
});
