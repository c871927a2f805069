import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Served, served } from "./served.js";

let server: Served;
beforeAll(async () => {
  server = await served("--in-memory", "--buckets", "DIR");
  mkdirSync(join(server.dir, "b"));
});
afterAll(() => server.stop());

const rows = async (query: string) => (await server.client.query(query))[0];

/** The table that the results of a query are in. */
async function destinationOf(query: string): Promise<{ datasetId: string; tableId: string }> {
  const [job] = await server.client.createQueryJob(query);
  await job.promise();
  return (await job.getMetadata())[0].configuration.query.destinationTable;
}

it("results are read by later jobs, and nothing changes them", async () => {
  const { datasetId, tableId } = await destinationOf(
    "SELECT 1 AS n, [STRUCT('x' AS s)] AS l UNION ALL SELECT 2, [] ORDER BY n",
  );
  const table = `\`${datasetId}.${tableId}\``;
  expect(await rows(`SELECT n, ARRAY_LENGTH(l) AS k FROM ${table} ORDER BY n`)).toEqual([
    { n: 1, k: 1 },
    { n: 2, k: 0 },
  ]);
  const refused = "is not allowed for this operation because its rows cannot be changed.";
  await expect(rows(`INSERT ${table} (n) VALUES (3)`)).rejects.toThrow(refused);
  await expect(rows(`DELETE FROM ${table} WHERE TRUE`)).rejects.toThrow(refused);

  const [shop] = await server.client.createDataset("shop");
  await expect(rows("DELETE FROM shop.INFORMATION_SCHEMA.TABLES WHERE TRUE")).rejects.toThrow(refused);
  const result = server.client.dataset(datasetId).table(tableId);
  await result.copy(shop.table("copied"));
  expect(await rows("SELECT n FROM shop.copied ORDER BY n")).toEqual([{ n: 1 }, { n: 2 }]);
  const [extract] = await server.client.createJob({
    configuration: {
      extract: {
        sourceTable: { projectId: server.client.projectId, datasetId, tableId },
        destinationUris: ["gs://b/result.json"],
        destinationFormat: "NEWLINE_DELIMITED_JSON",
      },
    },
  });
  await extract.promise();
  expect(readFileSync(join(server.dir, "b", "result.json"), "utf8")).toBe(
    '{"n":"1","l":[{"s":"x"}]}\n{"n":"2","l":[]}\n',
  );
});

it("clients keep tables of their own beside them, for a day", async () => {
  const { datasetId } = await destinationOf("SELECT 1");
  const dataset = server.client.dataset(datasetId);
  const [made] = await dataset.createTable("frame", { schema: [{ name: "n", type: "INTEGER" }] });
  await made.insert([{ n: 1 }]);
  await rows(`CREATE TABLE ${datasetId}.other AS SELECT n + 1 AS n FROM ${datasetId}.frame`);
  expect(await rows(`SELECT n FROM ${datasetId}.other`)).toEqual([{ n: 2 }]);
  const [{ creationTime, expirationTime }] = await made.getMetadata();
  expect(Math.round((expirationTime - creationTime) / 3_600_000)).toBe(24);
  expect((await server.client.getDatasets())[0].map(({ id }) => id)).not.toContain(datasetId);
});
