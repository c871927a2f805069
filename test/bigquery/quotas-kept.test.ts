import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Quotas } from "../../runner/engines/bigquery/quotas.js";
import { openBigQuery } from "../../runner/engines/bigquery/warehouse.js";
import type { Warehouse } from "../../runner/port/port.js";
import { type ServedWarehouse, serveWarehouse } from "../../runner/session/serve-warehouse.js";
import { sqlAt } from "./world.js";

describe("a server that keeps BigQuery's quotas of a table", () => {
  let server: ServedWarehouse;
  let warehouse: Warehouse;
  const dir = mkdtempSync(join(tmpdir(), "quotas-"));

  beforeAll(async () => {
    server = await serveWarehouse({ place: {}, inMemory: true, seed: undefined, port: 0, quotas: true });
    const place = { projectDir: dir, database: undefined, memory: undefined, threads: undefined };
    const bigquery = { project: "acme", endpoint: server.url };
    // As to the service itself: a server of this machine is otherwise asked as often as anybody likes.
    warehouse = await openBigQuery({ ...place, bigquery }, (signal) => new Quotas(signal));
    await sqlAt(server.url, "CREATE SCHEMA shop");
  });
  afterAll(async () => {
    await warehouse.close();
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const failed = async () => {
    const answer = await fetch(`${server.url}/bigquery/v2/projects/acme/jobs?projection=full&maxResults=1000`);
    const { jobs = [] } = (await answer.json()) as { jobs?: { errorResult?: { reason: string } }[] };
    return jobs.flatMap(({ errorResult }) => errorResult?.reason ?? []);
  };

  it("never has to refuse the runner, which waits for its turn", async () => {
    for (let count = 0; count < 7; count += 1)
      await warehouse.transaction((transaction) =>
        transaction.execute(`CREATE OR REPLACE TABLE shop.made AS SELECT ${count} AS n`),
      );
    expect(await failed()).toEqual([]);
    const changes = Array.from({ length: 8 }, () =>
      warehouse.transaction((transaction) => transaction.execute("UPDATE shop.made SET n = n + 1 WHERE TRUE")),
    );
    await Promise.all(changes);
    expect(await sqlAt(server.url, "SELECT n FROM shop.made")).toEqual([["14"]]);
  });

  it("is not asked for ever for a job that it has refused", async () => {
    const place = { projectDir: dir, database: undefined, memory: undefined, threads: undefined };
    const hasty = await openBigQuery({ ...place, bigquery: { project: "acme", endpoint: server.url } });
    const define = () => hasty.transaction((all) => all.execute("CREATE OR REPLACE TABLE shop.hasty AS SELECT 1 AS n"));
    for (let count = 0; count < 5; count += 1) await define();
    await expect(define()).rejects.toThrow("Exceeded rate limits: too many table update operations");
    // Each attempt is a job.
    expect((await failed()).length).toBe(8);
    await hasty.close();
  });

  it("refuses who does not", async () => {
    const define = () => sqlAt(server.url, "CREATE OR REPLACE TABLE shop.other AS SELECT 1 AS n");
    for (let count = 0; count < 5; count += 1) await define();
    await expect(define()).rejects.toThrow("Exceeded rate limits: too many table update operations");
    expect((await failed()).length).toBe(9);
  });
});
