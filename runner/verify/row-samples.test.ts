import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratchWarehouse } from "../engines/duckdb/warehouse.js";
import type { DigestRequest, Warehouse } from "../port/port.js";
import { sampleRows } from "./row-samples.js";

const HERE = `CREATE SCHEMA s; CREATE TABLE s.t (day DATE, id INT64, v STRING, a ARRAY<INT64>) PARTITION BY day;
INSERT INTO s.t VALUES ('2024-01-01', 1, 'same', [1]), ('2024-01-01', 2, 'here', [1]), ('2024-01-01', 3, 'only here', []),
  (NULL, 5, 'dateless', [2]), ('2024-01-02', 6, 'elsewhere', [])`;
const THERE = `CREATE SCHEMA s; CREATE TABLE s.t (day DATE, id INT64, v STRING, a ARRAY<INT64>) PARTITION BY day;
INSERT INTO s.t VALUES ('2024-01-01', 1, 'same', [1]), ('2024-01-01', 2, 'there', [1, 2]), ('2024-01-01', 4, NULL, []),
  (NULL, 5, 'dateless', [3]), ('2024-01-02', 6, 'not the same', [])`;

describe("rows in which two sides differ", () => {
  let warehouses: Warehouse[];
  let requests: { here: DigestRequest; there: DigestRequest };
  const samples = (key: string[], partitions: string[], most: number) => {
    const [here, there] = warehouses.map(
      (warehouse) => (sql: string) => warehouse.transaction((transaction) => transaction.query(sql)),
    );
    if (here === undefined || there === undefined) throw new Error("two sides are needed");
    return sampleRows({ ...requests, key }, partitions, most, { here, there });
  };

  beforeAll(async () => {
    warehouses = await Promise.all([openScratchWarehouse(), openScratchWarehouse()]);
    const asked = await Promise.all(
      warehouses.map(async (warehouse, index): Promise<DigestRequest> => {
        await warehouse.script(index === 0 ? HERE : THERE);
        const relation = await warehouse.observe(async (seen) => (await seen.relations()).get("s.t"));
        if (relation === undefined) throw new Error("s.t is not there");
        return { relation, columns: ["day", "id", "v", "a"], range: undefined, grain: "partition" };
      }),
    );
    requests = { here: asked[0] as DigestRequest, there: asked[1] as DigestRequest };
  });
  afterAll(async () => {
    for (const warehouse of warehouses) await warehouse.close();
  });

  it("are told by their key, in the columns that differ, and only of partitions that do", async () => {
    expect(await samples(["id"], ["2024-01-01", "__NULL__"], 10)).toEqual({
      key: ["id"],
      changed: [
        { key: { id: "2" }, here: { v: "here", a: "[1]" }, there: { v: "there", a: "[1,2]" } },
        { key: { id: "5" }, here: { a: "[2]" }, there: { a: "[3]" } },
      ],
      onlyHere: [{ day: "2024-01-01", id: "3", v: "only here", a: "[]" }],
      onlyThere: [{ day: "2024-01-01", id: "4", v: null, a: "[]" }],
    });
  });

  it("are whole rows where no key tells them apart", async () => {
    const found = await samples([], ["2024-01-02"], 10);
    expect(found).toMatchObject({ changed: [], onlyHere: [{ v: "elsewhere" }], onlyThere: [{ v: "not the same" }] });
  });

  it("are few", async () => {
    const found = await samples(["id"], ["2024-01-01", "__NULL__"], 1);
    expect([...(found?.changed ?? []), ...(found?.onlyHere ?? []), ...(found?.onlyThere ?? [])]).toHaveLength(1);
    expect(await samples(["id"], ["2024-01-03"], 10)).toBeUndefined();
  });
});
