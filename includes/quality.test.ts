import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { row, value } from "./testing.js";

const quality = createRequire(import.meta.url)("./quality.js") as {
  components(): string;
  componentSum(): string;
  missingValues(): string;
  band(score: string): string;
};

interface Night {
  readonly n: number;
  readonly n4: number;
  readonly n3: number;
  readonly nm: number;
  readonly missing_values: number;
  readonly k: number;
  readonly age: number | null;
}

const FULL: Night = { n: 400, n4: 400, n3: 0, nm: 0, missing_values: 0, k: 4, age: 0 };

/** The six components and their sum. */
async function components(night: Partial<Night>): Promise<number[]> {
  const counts = Object.entries({ ...FULL, ...night }).map(
    ([name, count]) => `CAST(${count ?? "NULL"} AS INT64) AS ${name}`,
  );
  const cells = await row(`
    WITH counts AS (SELECT ${counts.join(", ")}), components AS (SELECT ${quality.components()} FROM counts)
    SELECT *, ${quality.componentSum()} FROM components`);
  return cells.map(Number);
}

describe("run quality", () => {
  it("is 100 on a perfect night and 0 without rows", async () => {
    expect(await components({})).toEqual([40, 20, 15, 15, 5, 5, 100]);
    expect(await components({ n: 0, n4: 0, age: null, k: 0 })).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("keeps the worked values", async () => {
    expect(await components({ n4: 380, n3: 20, missing_values: 8 })).toEqual([38, 19, 15, 15, 5, 4.98, 96.98]);
    // One player table missing: every row is mixed.
    expect(await components({ nm: 400, k: 3 })).toEqual([40, 10, 15, 11.25, 5, 5, 86.25]);
    expect(await components({ nm: 400, k: 2 })).toEqual([40, 10, 15, 7.5, 5, 5, 82.5]);
    expect(await components({ n4: 0, n3: 400, k: 0, age: 1 })).toEqual([0, 0, 12, 0, 5, 5, 22]);
  });

  it("rounds a score once, half away from zero", async () => {
    // 20 less 0.875, and 5 less 0.025.
    expect((await components({ n: 800, n4: 800, nm: 70, missing_values: 20 })).slice(1, 6)).toEqual([
      19.13, 15, 15, 5, 4.98,
    ]);
  });

  it.each([
    [1, 12],
    [2, 8],
    [3, 0],
    [null, 0],
  ])("data of %s days before counts %s", async (age, expected) => {
    expect((await components({ age }))[2]).toBe(expected);
  });

  it.each([
    [1, 0],
    [0, 0],
  ])("%s of four tables counts %s", async (k, expected) => {
    expect((await components({ k }))[3]).toBe(expected);
  });

  it.each([
    [399, 4],
    [300, 4],
    [299, 3],
    [200, 3],
    [199, 1],
    [100, 1],
    [99, 0],
  ])("%s rows count %s", async (n, expected) => {
    expect((await components({ n, n4: n }))[4]).toBe(expected);
  });

  it.each([
    ["90", "Excellent"],
    ["89.99", "Good"],
    ["80", "Good"],
    ["79.99", "Acceptable"],
    ["75", "Acceptable"],
    ["74.99", "Warning"],
    ["65", "Warning"],
    ["64.99", "Critical"],
    ["50", "Critical"],
    ["49.99", "Fail"],
  ])("%s is %s", async (score, band) => {
    expect(await value(`SELECT ${quality.band(`NUMERIC '${score}'`)}`)).toBe(band);
  });

  it("counts a required value as missing when it is a default, or when there are none", async () => {
    const missing = (rows: string) => value(`SELECT ${quality.missingValues()} FROM (SELECT ${rows})`);
    const labels = Array.from({ length: 25 }, (_, index) => (index === 2 || index === 6 ? "'default'" : "'phase4'"));
    expect(await missing(`GENERATE_ARRAY(1, 25) AS features, [${labels}] AS feature_sources`)).toBe("1");
    expect(await missing("ARRAY<FLOAT64>[] AS features, ['none'] AS feature_sources")).toBe("5");
  });
});
