import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./world.js";

const FILES = {
  "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
  "definitions/cities.sqlx":
    'config { type: "table" }\nSELECT city, COUNT(*) AS n FROM ${ref("raw", "orders")} GROUP BY city',
  "definitions/most.sqlx": 'config { type: "table" }\nSELECT MAX(n) AS most FROM ${ref("cities")}',
};
const ROWS = 1000;
/** A whole number and a text. */
const BYTES = ROWS * (8 + 16);

describe("what a plan costs on BigQuery", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(
      FILES,
      `CREATE SCHEMA raw; CREATE TABLE raw.orders AS SELECT n, 'Oslo' AS city FROM UNNEST(GENERATE_ARRAY(1, ${ROWS})) AS n`,
    );
  });
  afterAll(() => world.close());

  it("is known before anything runs, but of what reads tables that are not there yet", async () => {
    expect(await world.cost()).toMatchObject({
      bytes: BYTES,
      unknown: 1,
      savedBytes: 0,
      dollars: (BYTES / 2 ** 40) * 6.25,
    });
    const steps = (await world.jobs()).map(({ configuration }) => configuration.labels?.fastbreak_step);
    expect(steps.filter((step) => step !== "digest" && step !== "partitions")).toEqual([]);
  });

  it("keeps a run that is over its budget from beginning", async () => {
    const settings = (more: object) => JSON.stringify({ bigquery: { endpoint: world.proxy.url, ...more } });
    world.write("fastbreak.json", settings({ maximumBytesPerRun: BYTES - 1 }));
    await expect(world.cost()).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("shop.cities"),
    });
    world.write("fastbreak.json", settings({ maximumBytesPerRun: BYTES, pricePerTiB: 10 }));
    expect(await world.cost()).toMatchObject({ dollars: (BYTES / 2 ** 40) * 10 });
  });

  it("stops a job that would bill more than it may", async () => {
    world.write("fastbreak.json", JSON.stringify({ bigquery: { endpoint: world.proxy.url, maximumBytesBilled: 100 } }));
    await world.sql("UPDATE raw.orders SET city = 'Rome' WHERE n = 1");
    // Reading the rows of the source for their digest is such a job.
    await expect(world.run()).rejects.toMatchObject({
      code: "refused",
      message: expect.stringMatching(/bytes billed/),
    });
    world.write("fastbreak.json", JSON.stringify({ bigquery: { endpoint: world.proxy.url } }));
  });

  it("is what skips save, once everything is built", async () => {
    await world.run();
    expect(await world.cost()).toMatchObject({ bytes: 0, unknown: 0, savedBytes: BYTES + 2 * 24 });
  });
});
