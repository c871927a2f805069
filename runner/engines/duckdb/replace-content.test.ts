import { describe, expect, it } from "vitest";
import type { SqlValue, TableDefinition, Warehouse } from "../../port/port.js";
import type { RowBatches } from "../../port/table-reader.js";
import { openScratchWarehouse } from "./warehouse.js";

const TABLE: TableDefinition = {
  id: { dataset: "raw", name: "t" },
  columns: [
    { name: "day", type: "DATE" },
    { name: "b", type: "BIGNUMERIC" },
  ],
  primaryKey: [],
  partitionColumn: "day",
  clusterBy: [],
};

async function* batches(...all: (readonly SqlValue[])[][]): RowBatches {
  yield* all;
}

async function inScratch(work: (warehouse: Warehouse) => Promise<void>): Promise<void> {
  const warehouse = await openScratchWarehouse();
  try {
    await work(warehouse);
  } finally {
    await warehouse.close();
  }
}

describe("replacing the content of a table", () => {
  it("refuses a number with more digits than it can keep, and keeps the rows of before", () =>
    inScratch(async (warehouse) => {
      const replace = (rows: RowBatches) =>
        warehouse.transaction((transaction) => transaction.replaceContent({ table: TABLE, rows, window: undefined }));
      await replace(batches([["2024-01-01", "1.5"]]));
      for (const value of ["0.0000000000000000001", "100000000000000000000"])
        await expect(replace(batches([["2024-01-02", "2"]], [["2024-01-03", value]]))).rejects.toMatchObject({
          code: "data",
          message: expect.stringMatching(/^raw\.t: column b: the embedded engine keeps BIGNUMERIC with 20 digits/),
        });
      expect((await warehouse.script("SELECT CAST(day AS STRING) FROM raw.t")).rows?.rows).toEqual([["2024-01-01"]]);
    }));

  it("refuses rows of other columns for some days of a table, and takes them for all of it", () =>
    inScratch(async (warehouse) => {
      await warehouse.script(
        "CREATE SCHEMA raw; CREATE TABLE raw.t (day DATE, b INT64); INSERT INTO raw.t VALUES ('2024-01-01', 1)",
      );
      const replace = (isWhole: boolean) =>
        warehouse.transaction((transaction) =>
          transaction.replaceContent({
            table: TABLE,
            rows: batches([["2024-01-01", "2"]]),
            window: isWhole
              ? undefined
              : { column: { name: "day", type: "DATE" }, range: { from: "2024-01-01", to: "2024-01-01" } },
          }),
        );
      await expect(replace(false)).rejects.toMatchObject({
        code: "data",
        message: expect.stringContaining("raw.t has other columns here than the rows that come"),
      });
      expect(await replace(true)).toEqual({ rows: 1, replaced: 1 });
      const relation = await warehouse.observe(async (observation) => (await observation.relations()).get("raw.t"));
      expect(relation).toMatchObject({ columns: TABLE.columns, partitionColumn: "day" });
    }));

  it("refuses a view", () =>
    inScratch(async (warehouse) => {
      await warehouse.script("CREATE SCHEMA raw; CREATE VIEW raw.t AS SELECT 1 AS x");
      await expect(
        warehouse.transaction((transaction) =>
          transaction.replaceContent({ table: TABLE, rows: batches(), window: undefined }),
        ),
      ).rejects.toMatchObject({ code: "data", message: expect.stringContaining("raw.t is a view here") });
    }));
});
