import { afterAll, describe, expect, it } from "vitest";
import { openScratchWarehouse } from "../../../../engines/duckdb/warehouse.js";
import type { SqlValue } from "../../../../port/port.js";
import { fingerprint2011 } from "./fingerprint.js";

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe("fingerprint2011", () => {
  // Recorded by the tests of https://github.com/google/zetasketch and of Guava.
  it.each<[string, bigint]>([
    ["", 0x23ad7c904aa665e3n],
    ["foo", 0xd0bcbfe261b36504n],
    ["Zürich", 0x27efc00f7d2ce548n],
    ["test", 8473225671271759044n],
    ["test".repeat(8), 7345148637025587076n],
    ["test".repeat(64), 4904844928629814570n],
  ])("of %j is the recorded one", (text, expected) => {
    expect(fingerprint2011(bytesOf(text))).toBe(expected);
  });

  it("of texts of every length up to 3,200 bytes, folded as Guava's test folds them, is the recorded one", () => {
    const bytes = new Uint8Array(3200);
    let length = 0;
    let hash = 0n;
    const fold = (size: number) => {
      hash ^= fingerprint2011(bytes.subarray(0, size));
      hash ^= hash >> 41n;
      hash = BigInt.asUintN(64, hash * 949_921_979n);
      bytes[length] = 97 + (Number(hash & 0xfffffn) % 26);
      length += 1;
    };
    for (let i = 0; i < 800; i += 1) {
      fold(i);
      fold((i * i) % length);
      fold((i * i * i) % length);
      fold(length);
      const [x0 = 0, x1 = 0, x2 = 0, x3 = 0] = [length - 1, length - 2, length - 3, Math.floor(length / 2)].map(
        (at) => bytes[at],
      );
      const first = ((x0 << 16) + (x1 << 8) + x2) % length;
      bytes[first] = (bytes[first] ?? 0) ^ x3;
      const second = ((x1 << 16) + (x2 << 8) + x3) % length;
      bytes[second] = (bytes[second] ?? 0) ^ (i % 256);
    }
    expect(hash).toBe(0xeaa3b1c985261632n);
  });
});

describe("HLL_COUNT", async () => {
  const warehouse = await openScratchWarehouse();
  afterAll(() => warehouse.close());
  const value = async (expression: string): Promise<SqlValue | undefined> =>
    (await warehouse.script(`SELECT ${expression}`)).rows?.rows[0]?.[0];

  it("writes sketches as the service does", async () => {
    // Recorded from the service, of six values of INT64.
    const parts =
      "SELECT HLL_COUNT.INIT(n) AS s FROM UNNEST([1, 2, 3]) AS n UNION ALL SELECT HLL_COUNT.INIT(n) FROM UNNEST([4, 5, 6]) AS n";
    expect(await value(`TO_HEX((SELECT HLL_COUNT.MERGE_PARTIAL(s) FROM (${parts})))`)).toBe(
      "087010061802200882071a1006180f20143212a3a605c1d102c88419e2af0c8877ebfea101",
    );
  });

  it.each<[string, SqlValue]>([
    ["HLL_COUNT.EXTRACT((SELECT HLL_COUNT.INIT(n) FROM UNNEST(GENERATE_ARRAY(1, 100)) AS n))", 100n],
    ["HLL_COUNT.EXTRACT((SELECT HLL_COUNT.INIT(n) FROM UNNEST([1, 1, NULL, 2]) AS n))", 2n],
    ["HLL_COUNT.EXTRACT((SELECT HLL_COUNT.INIT(s, 12) FROM UNNEST(['a', 'b', 'a']) AS s))", 2n],
    ["(SELECT HLL_COUNT.INIT(n) FROM UNNEST(ARRAY<INT64>[]) AS n)", null],
    ["HLL_COUNT.EXTRACT(NULL)", 0n],
    ["(SELECT HLL_COUNT.MERGE(s) FROM UNNEST(ARRAY<BYTES>[]) AS s)", 0n],
    ["(SELECT HLL_COUNT.MERGE_PARTIAL(s) FROM UNNEST([CAST(NULL AS BYTES)]) AS s)", null],
  ])("%s is %s", async (expression, expected) => {
    expect(await value(expression)).toBe(expected);
  });

  it("counts more values than lists of places hold, and adds sketches of every form up", async () => {
    const init = (from: number, to: number, precision: number) =>
      `(SELECT HLL_COUNT.INIT(n, ${precision}) FROM UNNEST(GENERATE_ARRAY(${from}, ${to})) AS n)`;
    // Recorded from zetasketch.
    expect(await value(`HLL_COUNT.EXTRACT(${init(1, 5000, 10)})`)).toBe(5006n);
    expect(await value(`HLL_COUNT.EXTRACT(${init(1, 20_000, 10)})`)).toBe(20_271n);
    expect(await value(`LENGTH(${init(1, 20_000, 10)})`)).toBe(1045n);
    const parts = `UNNEST([${init(1, 60_000, 15)}, ${init(50_000, 50_100, 12)}, ${init(30_000, 90_000, 16)}]) AS s`;
    const merged = `(SELECT HLL_COUNT.MERGE_PARTIAL(s) FROM ${parts})`;
    expect(
      await value(`TO_HEX(SHA256(SUBSTR(${merged}, 8))) = TO_HEX(SHA256(SUBSTR(${init(1, 90_000, 12)}, 8)))`),
    ).toBe(true);
    expect(await value(`(SELECT HLL_COUNT.MERGE(s) FROM ${parts}) = HLL_COUNT.EXTRACT(${init(1, 90_000, 12)})`)).toBe(
      true,
    );
  });

  it("merges sketches of several precisions into one of the lowest", async () => {
    const of = (from: number, to: number, precision: number) =>
      `SELECT HLL_COUNT.INIT(n, ${precision}) AS s FROM UNNEST(GENERATE_ARRAY(${from}, ${to})) AS n`;
    const both = await value(
      `(SELECT TO_HEX(HLL_COUNT.MERGE_PARTIAL(s)) FROM (${of(1, 60, 15)} UNION ALL ${of(40, 90, 12)}))`,
    );
    const once = await value(`(SELECT TO_HEX(s) FROM (${of(1, 90, 12)}))`);
    // Only the number of values that were added differs: 60 + 51 instead of 90.
    expect(String(both).replace(/^0870106f/, "0870105a")).toBe(once);
  });

  it.each([
    ["(SELECT HLL_COUNT.INIT(n, 9) FROM UNNEST([1]) AS n)", "precision must be between 10 and 24"],
    ["HLL_COUNT.EXTRACT(b'no sketch')", "Invalid or incompatible sketch"],
    ["HLL_COUNT.EXTRACT(FROM_HEX('087010011802200882070618f80a200f2a0101'))", "Invalid or incompatible sketch"],
  ])("%s fails", async (expression, message) => {
    await expect(value(expression)).rejects.toThrow(message);
  });
});
