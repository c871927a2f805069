import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccumulateRequest } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
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

  const overwrite = async (where: Pick<AccumulateRequest, "partitionColumn" | "partitionBy">, day = "2024-01-01") => {
    await connection.run(`CREATE OR REPLACE TEMP TABLE stage AS SELECT DATE '${day}' AS day, 9::BIGINT AS v`);
    const existing = (await readCatalog(connection)).get("d.t");
    if (existing === undefined) throw new Error("there is no table");
    const stage = { name: "stage", columns: existing.columns, rows: 1 };
    const request = { stage, target: existing.id, key: [], overwritesPartitions: true, onSchemaChange: "IGNORE" };
    return accumulateStage(connection, existing, { ...request, ...where } as AccumulateRequest);
  };
  const rows = async () =>
    (await connection.runAndReadAll("SELECT CAST(day AS VARCHAR), CAST(v AS VARCHAR) FROM d.t ORDER BY v")).getRows();

  it("are refused where nobody can tell the partitions, and nothing is added", async () => {
    const before = await rows();
    await expect(overwrite({ partitionColumn: undefined, partitionBy: "_PARTITIONDATE" })).rejects.toThrow(
      /^d\.t: the embedded engine does not tell partitions by _PARTITIONDATE/,
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

  it.each([
    ["DATE_TRUNC(day, YEAR)", ["null 3", "2023-12-31 4", "2024-05-05 9"]],
    ["DATE_TRUNC(day, MONTH)", ["2024-01-02 2", "null 3", "2023-12-31 4", "2024-05-05 9"]],
    ["RANGE_BUCKET(v, GENERATE_ARRAY(0, 6, 3))", ["2024-01-02 2", "null 3", "2023-12-31 4", "2024-05-05 9"]],
    ["RANGE_BUCKET(v, GENERATE_ARRAY(0, 20, 10))", ["2024-05-05 9"]],
    ["RANGE_BUCKET(v, GENERATE_ARRAY(100, 200, 10))", ["2024-05-05 9"]],
  ])("replace those by %s", async (partitionBy, expected) => {
    await connection.run("CREATE OR REPLACE TABLE d.t (day DATE, v BIGINT)");
    await connection.run("INSERT INTO d.t VALUES ('2024-01-02', 2), (NULL, 3), ('2023-12-31', 4)");
    await overwrite({ partitionColumn: undefined, partitionBy }, "2024-05-05");
    expect((await rows()).map(([day, v]) => `${day} ${v}`)).toEqual(expected);
  });

  it("come with columns of arrays and others at once, in one transaction", async () => {
    await connection.run("CREATE OR REPLACE TABLE d.t (day DATE, v BIGINT)");
    await connection.run("INSERT INTO d.t VALUES ('2024-01-02', 2)");
    await connection.run(
      "CREATE OR REPLACE TEMP TABLE stage AS SELECT day, v + 1 AS v, [v] AS xs, 5::BIGINT AS n FROM d.t",
    );
    const existing = (await readCatalog(connection)).get("d.t");
    if (existing === undefined) throw new Error("there is no table");
    const added: Column[] = [
      { name: "xs", type: { kind: "array", element: "INT64" } },
      { name: "n", type: "INT64" },
    ];
    const stage = { name: "stage", columns: [...existing.columns, ...added], rows: 1 };
    const request = { stage, target: existing.id, key: [], overwritesPartitions: false, onSchemaChange: "EXTEND" };
    await connection.run("BEGIN TRANSACTION");
    await accumulateStage(connection, existing, request as unknown as AccumulateRequest);
    await connection.run("COMMIT");
    const reader = await connection.runAndReadAll(
      "SELECT CAST(v AS VARCHAR), CAST(xs AS VARCHAR), CAST(n AS VARCHAR) FROM d.t ORDER BY v",
    );
    expect(reader.getRows()).toEqual([
      ["2", "[]", null],
      ["3", "[2]", "5"],
    ]);
  });
});
