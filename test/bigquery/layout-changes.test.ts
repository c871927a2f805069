import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./world.js";

const MODEL = "definitions/sales.sqlx";
const QUERY = 'SELECT id, day, moment, city, price FROM ${ref("raw", "orders")}';
const model = (bigquery: object, query = QUERY): string =>
  `config { type: "table", bigquery: ${JSON.stringify(bigquery)} }\n${query}`;
const ROWS = [
  ["1", "Oslo", "1.5"],
  ["2", "Rome", "2.5"],
  ["3", "Oslo", "3.5"],
];

describe("a table that is to be laid out otherwise", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(
      {
        "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
        [MODEL]: model({ partitionBy: "day", clusterBy: ["city"] }),
      },
      `CREATE SCHEMA raw; CREATE TABLE raw.orders AS
       SELECT 1 AS id, DATE '2024-01-01' AS day, TIMESTAMP '2024-01-01 05:00:00' AS moment, 'Oslo' AS city, 1.5 AS price UNION ALL
       SELECT 2, '2024-01-02', '2024-01-02 06:00:00', 'Rome', 2.5 UNION ALL
       SELECT 3, '2024-02-02', '2024-02-02 07:00:00', 'Oslo', 3.5`,
    );
    await run();
  });
  afterAll(() => world.close());

  const run = async () => {
    const { actions } = await world.run();
    return actions.find(({ key }) => key === "shop.sales");
  };

  const layout = async () => {
    const answer = await fetch(`${world.server.url}/bigquery/v2/projects/acme/datasets/shop/tables/sales`);
    const { timePartitioning, rangePartitioning, clustering, creationTime } = (await answer.json()) as {
      timePartitioning?: object;
      rangePartitioning?: object;
      clustering?: { readonly fields: readonly string[] };
      creationTime: string;
    };
    return { timePartitioning, rangePartitioning, clustering: clustering?.fields, creationTime };
  };

  const tables = async () => {
    const answer = await fetch(`${world.server.url}/bigquery/v2/projects/acme/datasets/shop/tables`);
    const { tables: found = [] } = (await answer.json()) as { tables?: { tableReference: { tableId: string } }[] };
    return found.map(({ tableReference: { tableId } }) => tableId);
  };

  /** Writes the model otherwise and runs it: it succeeds, has its rows, and is what the next run skips. */
  const become = async (text: string, rows: readonly (readonly string[])[] = ROWS) => {
    world.write(MODEL, text);
    expect((await run())?.error).toBeUndefined();
    expect(await world.sql("SELECT id, city, CAST(price AS STRING) FROM shop.sales ORDER BY id")).toEqual(rows);
    expect(await tables()).toEqual(["sales"]);
    const stands = await layout();
    expect((await run())?.status).toBe("skipped");
    expect(await layout()).toEqual(stands);
    return stands;
  };

  it("has other clusters set on it as it stands", async () => {
    const before = await layout();
    const after = await become(model({ partitionBy: "day", clusterBy: ["id", "city"] }));
    expect(after).toEqual({ ...before, clustering: ["id", "city"] });
    expect(await become(model({ partitionBy: "day" }))).toEqual({ ...before, clustering: undefined });
  });

  it("has other columns and other clusters in one run", async () => {
    await become(model({ partitionBy: "day", clusterBy: ["city"] }));
    const more = QUERY.replace("price", "price, UPPER(city) AS town");
    expect(await become(model({ partitionBy: "day", clusterBy: ["town"] }, more))).toMatchObject({
      timePartitioning: { type: "DAY", field: "day" },
      clustering: ["town"],
    });
  });

  it("loses a column that it is clustered by", async () => {
    expect((await layout()).clustering).toEqual(["town"]);
    expect((await become(model({ partitionBy: "day", clusterBy: ["id"] }))).clustering).toEqual(["id"]);
  });

  it("has partitions of another kind, and none at last", async () => {
    const { timePartitioning } = await become(
      model({ partitionBy: "TIMESTAMP_TRUNC(moment, HOUR)", clusterBy: ["id"] }),
    );
    expect(timePartitioning).toMatchObject({ type: "HOUR", field: "moment" });
    const ranged = await become(model({ partitionBy: "RANGE_BUCKET(id, GENERATE_ARRAY(0, 100, 10))" }));
    expect(ranged).toMatchObject({ timePartitioning: undefined, rangePartitioning: { field: "id" } });
    expect(await become(model({}))).toMatchObject({ timePartitioning: undefined, rangePartitioning: undefined });
  });

  it("is a view, and a table again", async () => {
    world.write(MODEL, `config { type: "view" }\n${QUERY}`);
    expect((await run())?.error).toBeUndefined();
    expect((await become(model({ clusterBy: ["city"] }))).clustering).toEqual(["city"]);
  });

  it("stays where the service refuses what it is to be", async () => {
    const before = await layout();
    world.write(MODEL, model({ partitionBy: "day", clusterBy: ["price"] }));
    expect((await run())?.error).toMatch(/price has type FLOAT.*not supported for clustering/);
    expect(await layout()).toEqual(before);
    expect(await world.sql("SELECT COUNT(*) FROM shop.sales")).toEqual([["3"]]);
    expect((await become(model({ partitionBy: "day", clusterBy: ["id"] }))).clustering).toEqual(["id"]);
  });
});
