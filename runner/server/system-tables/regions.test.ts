import { afterAll, beforeAll, expect, it } from "vitest";
import { openScratchWarehouse } from "../../engines/duckdb/warehouse.js";
import type { Warehouse } from "../../port/port.js";
import { runScript } from "../run-script.js";

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await openScratchWarehouse();
  const sql =
    "CREATE SCHEMA here; CREATE SCHEMA there OPTIONS (location = 'EU'); CREATE TABLE here.a (x INT64); CREATE TABLE there.b (x INT64)";
  await runScript(warehouse, "p", sql, "US");
});
afterAll(() => warehouse.close());

const rows = async (sql: string, location?: string) => (await runScript(warehouse, "p", sql, location)).rows?.rows;

it("shows of a location the datasets that are in it, and their tables", async () => {
  const schemata = (region: string) =>
    `SELECT schema_name, location FROM \`region-${region}\`.INFORMATION_SCHEMA.SCHEMATA`;
  expect(await rows(schemata("us"), "US")).toEqual([["here", "US"]]);
  expect(await rows(schemata("eu"), "US")).toEqual([["there", "EU"]]);
  expect(await rows(schemata("asia-east1"), "US")).toEqual([]);
  expect(await rows("SELECT table_name FROM `region-eu.INFORMATION_SCHEMA.TABLES`", "US")).toEqual([["b"]]);
});

it("shows a script what its own statements have done so far", async () => {
  const script = `CREATE TABLE here.own (x INT64, y STRING) OPTIONS (description = 'first');
    ALTER TABLE here.own SET OPTIONS (description = 'second', labels = [('a', 'b')]); ALTER TABLE here.own ALTER COLUMN y SET DEFAULT 'z';
    SELECT o.option_value, c.column_default FROM here.INFORMATION_SCHEMA.TABLE_OPTIONS AS o
    JOIN here.INFORMATION_SCHEMA.COLUMNS AS c ON column_name = 'y' ORDER BY option_name`;
  expect(await rows(script)).toEqual([
    ['"second"', "'z'"],
    ['[STRUCT("a", "b")]', "'z'"],
  ]);
});

it.each(["CLONE", "COPY", "LIKE"])("tells what the columns of CREATE TABLE .. %s ask of rows", async (kind) => {
  const script = `CREATE OR REPLACE TABLE here.of (x INT64 NOT NULL, y STRING DEFAULT 'z'); CREATE OR REPLACE TABLE here.like_it ${kind} here.of;
    SELECT is_nullable, column_default FROM here.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'like_it' ORDER BY column_name`;
  expect(await rows(script)).toEqual([
    ["NO", "NULL"],
    ["YES", "'z'"],
  ]);
});

it("does not make up a location that nobody has said", async () => {
  const said = "SELECT schema_name, location FROM INFORMATION_SCHEMA.SCHEMATA ORDER BY 1";
  expect(await rows(said)).toEqual([
    ["here", null],
    ["there", "EU"],
  ]);
  await expect(rows("SELECT 1 FROM `region-us`.INFORMATION_SCHEMA.TABLES")).rejects.toThrow(
    "region-us.INFORMATION_SCHEMA.TABLES is not supported where no location of the data is said",
  );
});
