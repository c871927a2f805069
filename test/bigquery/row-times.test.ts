import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settled, World } from "./world.js";

/** Times and revisions that the runner keeps, and an assertion that reads them. */
const FILES = {
  "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
  "definitions/daily.sqlx": `config { type: "incremental", uniqueKey: ["day", "city"],
  bigquery: { partitionBy: "day", labels: { lookback_days: "0", row_created: "made_at", row_updated: "set_at", row_revision: "revision" } },
  assertions: { rowConditions: ["made_at <= set_at", "revision >= 1"] } }
SELECT day, city, SUM(amount) AS amount, CURRENT_TIMESTAMP() AS made_at, CURRENT_TIMESTAMP() AS set_at, 1 AS revision
FROM \${ref("raw", "orders")} GROUP BY day, city`,
};
const SEED = `CREATE SCHEMA raw;
CREATE TABLE raw.orders (id INT64, day DATE, city STRING, amount INT64) PARTITION BY day;
INSERT INTO raw.orders VALUES (1, '2024-01-01', 'Oslo', 5), (2, '2024-01-01', 'Rome', 7), (3, '2024-01-02', 'Oslo', 9)`;

describe("an assertion on BigQuery that reads the times of rows", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(FILES, SEED);
  });
  afterAll(() => world.close());

  it("has seen them as they are published, and is asked no more when nothing changes", async () => {
    await world.run();
    await world.sql(
      "UPDATE raw.orders SET amount = 6 WHERE id = 1; INSERT INTO raw.orders VALUES (4, DATE '2024-01-01', 'Bern', 1)",
    );
    const { actions } = await world.run();
    expect(actions.map(({ status }) => status)).toEqual(["success", "success"]);
    expect(
      await world.sql("SELECT city, revision, made_at < set_at FROM shop.daily WHERE day = '2024-01-01' ORDER BY 1"),
    ).toEqual([
      ["Bern", "1", "false"],
      ["Oslo", "2", "true"],
      ["Rome", "1", "false"],
    ]);
    await settled();
    const quiet = (await world.run()).actions;
    expect(quiet.map(({ status }) => status)).toEqual(["skipped", "skipped"]);
  });
});
