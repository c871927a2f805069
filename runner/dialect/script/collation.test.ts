import { afterAll, beforeAll, expect, it } from "vitest";
import { openScratchWarehouse } from "../../engines/duckdb/warehouse.js";
import type { Warehouse } from "../../port/port.js";

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await openScratchWarehouse();
});
afterAll(() => warehouse.close());

it.each([
  ["COLLATE('Apple', 'und:ci') = 'aPPLE'", true],
  ["'Apple' = COLLATE('aPPLE', 'und:ci')", true],
  ["COLLATE('Apple', 'und:ci') != COLLATE('apple', 'und:ci')", false],
  ["COLLATE('ÄB', 'und:ci') = 'äb'", true],
  ["COLLATE('a', 'und:ci') = 'b'", false],
  ["COLLATE('b', 'und:ci') IN ('A', 'B')", true],
  ["COLLATE('c', 'und:ci') NOT IN ('A', 'B')", true],
  ["COLLATE('GooGle', 'und:ci') LIKE 'goo%'", true],
  ["'GooGle' NOT LIKE COLLATE('goo%', 'und:ci')", false],
  ["COLLATE('GooGle', 'und:ci') LIKE 'g_o'", false],
  ["COLLATE('GooGle', 'und:ci') LIKE ANY ('x%', COLLATE('%GLE', 'und:ci'))", true],
  ["COLLATE('GooGle', 'und:ci') LIKE ALL ('x%', '%GLE')", false],
  ["STARTS_WITH(COLLATE('Google', 'und:ci'), 'GOO')", true],
  ["ENDS_WITH('Google', COLLATE('GLE', 'und:ci'))", true],
  ["STARTS_WITH(COLLATE('Google', 'und:ci'), 'GLE')", false],
  ["'Google' LIKE 'goo%'", false],
  ["COLLATE('Apple', '') = 'apple'", false],
  ["CONCAT(COLLATE('a', ''), 'b')", "ab"],
  ["COLLATE(CAST(NULL AS STRING), 'und:ci') = 'a'", null],
])("%s", async (expression, value) => {
  expect((await warehouse.script(`SELECT ${expression}`)).rows?.rows).toEqual([[value]]);
});

it.each([
  "SELECT COLLATE('Apple', 'und:ci')",
  "SELECT COLLATE('a', 'und:ci') < 'B'",
  "SELECT CONCAT(COLLATE('a', 'und:ci'), 'b') = 'AB'",
  "SELECT COLLATE('a', 'de:ci') = 'A'",
  "SELECT x FROM UNNEST(['b', 'A']) AS x ORDER BY COLLATE(x, 'und:ci')",
  "SELECT COLLATE(COLLATE('a', 'und:ci'), '') = 'A'",
])("refuses by name where a collation would have to be carried on: %s", async (sql) => {
  await expect(warehouse.script(sql)).rejects.toThrow("COLLATE");
});

it("takes labels and reservations that scripts set, and tells them", async () => {
  const { rows } = await warehouse.script("SET @@query_label = 'a:b'; SELECT @@query_label, @@reservation");
  expect(rows?.rows).toEqual([["a:b", null]]);
});
