import { afterAll, beforeAll, expect, it } from "vitest";
import { openScratchWarehouse } from "../../engines/duckdb/warehouse.js";
import type { Warehouse } from "../../port/port.js";

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await openScratchWarehouse();
});
afterAll(() => warehouse.close());

// The table of https://cloud.google.com/bigquery/docs/reference/standard-sql/net_functions#nethost, and more.
it.each([
  ["", null, null],
  ["http://abc.xyz", "xyz", "abc.xyz"],
  ["//user:password@a.b:80/path?query", null, null],
  ["https://[::1]:80", null, null],
  ["http://例子.卷筒纸.中国", "中国", "卷筒纸.中国"],
  ["    www.Example.Co.UK    ", "Co.UK", "Example.Co.UK"],
  ["mailto:?to=&subject=&body=", null, null],
  ["https://a.b.kobe.jp/", "b.kobe.jp", "a.b.kobe.jp"],
  ["https://x.city.kobe.jp/", "kobe.jp", "city.kobe.jp"],
  ["co.uk", "co.uk", null],
  ["somebody.github.io", "io", "github.io"],
  ["a..b.com", null, null],
  ["http://1.2.3.4", null, null],
])("%s", async (url, suffix, domain) => {
  const text = JSON.stringify(url);
  const { rows } = await warehouse.script(`SELECT NET.PUBLIC_SUFFIX(${text}), NET.REG_DOMAIN(${text})`);
  expect(rows?.rows).toEqual([[suffix, domain]]);
});
