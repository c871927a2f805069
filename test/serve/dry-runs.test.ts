import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

type Body = Readonly<Record<string, unknown>>;

describe("dry runs, and what jobs refuse", () => {
  let server: Served;
  beforeAll(async () => {
    server = await served("--in-memory", "--buckets", "DIR");
    await server.client.createDataset("shop");
    await server.client.query("CREATE TABLE shop.t AS SELECT 1 AS n UNION ALL SELECT 2");
    mkdirSync(join(server.dir, "b"));
    writeFileSync(join(server.dir, "b/n.csv"), "3\n");
  });
  afterAll(() => server.stop());

  const table = (tableId: string) => ({ projectId: "test-project", datasetId: "shop", tableId });
  const dryRun = async (configuration: Body) => {
    const answer = await fetch(`${server.url}/bigquery/v2/projects/test-project/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ configuration: { ...configuration, dryRun: true } }),
    });
    return (await answer.json()) as { status: Body; statistics: { query: Body; totalBytesProcessed: string } };
  };
  const query = async (text: string) => (await dryRun({ query: { query: text, useLegacySql: false } })).statistics;

  it.each([
    ["SELECT n FROM shop.t", "SELECT", "16"],
    ["UPDATE shop.t SET n = 3 WHERE TRUE", "UPDATE", "16"],
    ["DELETE FROM shop.t WHERE TRUE", "DELETE", "16"],
    ["MERGE shop.t AS t USING shop.t AS s ON FALSE WHEN NOT MATCHED THEN INSERT ROW", "MERGE", "16"],
    ["INSERT INTO shop.t VALUES (1)", "INSERT", "0"],
    ["TRUNCATE TABLE shop.t", "TRUNCATE_TABLE", "0"],
    ["LOAD DATA INTO shop.u FROM FILES (format = 'CSV', uris = ['gs://b/n.csv'])", "LOAD_DATA", "0"],
    ["EXPORT DATA OPTIONS (uri = 'gs://b/x-*.csv', format = 'CSV') AS SELECT 1 AS n", "EXPORT_DATA", "0"],
    ["SELECT 1; SELECT 2", "SCRIPT", "0"],
    ["CREATE TEMP FUNCTION f(x INT64) AS (x); SELECT f(n) FROM shop.t", "SELECT", "16"],
    ["CREATE TEMP FUNCTION f(x INT64) AS (x); SELECT f(1); SELECT f(2)", "SCRIPT", "0"],
  ])("tell the kind of %s, and no target of a definition", async (text, statementType, bytes) => {
    const { query: told, totalBytesProcessed } = await query(text);
    expect([told.statementType, totalBytesProcessed]).toEqual([statementType, bytes]);
    expect(Object.keys(told).filter((name) => name.startsWith("ddl"))).toEqual([]);
  });

  it("tell the columns and the target of a table that is made of a query", async () => {
    const { query: told } = await query("CREATE TABLE shop.made AS SELECT 1 AS a, 'x' AS b");
    expect(told).toMatchObject({
      statementType: "CREATE_TABLE_AS_SELECT",
      ddlTargetTable: table("made"),
      schema: {
        fields: [
          { name: "a", type: "INTEGER" },
          { name: "b", type: "STRING" },
        ],
      },
    });
    const { query: function_ } = await query("CREATE FUNCTION shop.f() AS (1)");
    expect(function_).toMatchObject({ statementType: "CREATE_FUNCTION", ddlTargetRoutine: { routineId: "f" } });
  });

  it("of loads, copies and extracts do nothing", async () => {
    const schema = { fields: [{ name: "n", type: "INT64" }] };
    for (const configuration of [
      { load: { destinationTable: table("loaded"), sourceUris: ["gs://b/n.csv"], schema } },
      { copy: { sourceTable: table("t"), destinationTable: table("copied") } },
      { extract: { sourceTable: table("t"), destinationUris: ["gs://b/out.csv"] } },
    ])
      expect((await dryRun(configuration)).status).toEqual({ state: "DONE" });
    const [tables] = await server.client.dataset("shop").getTables();
    expect(tables.map(({ id }) => id)).toEqual(["t"]);
    expect(existsSync(join(server.dir, "b/out.csv"))).toBe(false);
  });

  it.each([
    [["gs://b/x-*-*.csv"], "it must have at most one wildcard"],
    [["gs://b/x-*.csv", "gs://b/y.csv"], "it must have one wildcard"],
  ])("extracts to %j are refused", async (destinationUris, message) => {
    const extract = async () => {
      const configuration = { extract: { sourceTable: table("t"), destinationUris } };
      const [job] = await server.client.createJob({ configuration });
      await job.promise();
    };
    await expect(extract()).rejects.toThrow(message);
  });

  it("streams 50,000 rows at most in one request", async () => {
    const rows = Array.from({ length: 50_001 }, () => ({ n: 1 }));
    await expect(server.client.dataset("shop").table("t").insert(rows)).rejects.toThrow(
      "Too many rows present in the request, limit: 50000 row count: 50001.",
    );
  });
});
