import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccumulateRequest } from "../../port/port.js";
import { accumulateStage } from "./accumulate.js";
import { readCatalog } from "./catalog.js";

describe("rows that come in the place of the partitions they belong to", () => {
  let connection: DuckDBConnection;
  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run("CREATE SCHEMA d; CREATE TABLE d.t (day DATE, v BIGINT)");
    await connection.run("INSERT INTO d.t VALUES ('2024-01-01', 1), ('2024-01-02', 2), (NULL, 3)");
  });
  afterAll(() => connection.closeSync());

  const overwrite = async (where: Pick<AccumulateRequest, "partitionColumn" | "partitionBy">) => {
    await connection.run("CREATE OR REPLACE TEMP TABLE stage AS SELECT DATE '2024-01-01' AS day, 9::BIGINT AS v");
    const existing = (await readCatalog(connection)).get("d.t");
    if (existing === undefined) throw new Error("there is no table");
    const stage = { name: "stage", columns: existing.columns, rows: 1 };
    const request = { stage, target: existing.id, key: [], overwritesPartitions: true, onSchemaChange: "IGNORE" };
    return accumulateStage(connection, existing, { ...request, ...where } as AccumulateRequest);
  };
  const rows = async () =>
    (await connection.runAndReadAll("SELECT CAST(day AS VARCHAR), CAST(v AS VARCHAR) FROM d.t ORDER BY v")).getRows();

  it("are refused where the partitions are no days of a column, and nothing is added", async () => {
    const before = await rows();
    await expect(overwrite({ partitionColumn: undefined, partitionBy: "DATE_TRUNC(day, MONTH)" })).rejects.toThrow(
      /^d\.t: the embedded engine replaces partitions of a DATE column only, not of DATE_TRUNC\(day, MONTH\)/,
    );
    expect(await rows()).toEqual(before);
  });

  it("replace those of a DATE column, and no other row", async () => {
    expect(await overwrite({ partitionColumn: "day" })).toMatchObject({ deleted: 1, inserted: 1 });
    expect(await rows()).toEqual([
      ["2024-01-02", "2"],
      [null, "3"],
      ["2024-01-01", "9"],
    ]);
  });
});
