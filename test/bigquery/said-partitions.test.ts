import { describe, expect, it } from "vitest";
import { settled, World } from "./world.js";

const FILES = {
  "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
  "definitions/daily.sqlx": `config { type: "incremental", bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, SUM(amount) AS amount FROM \${ref("raw", "orders")} GROUP BY day`,
};
const WRONG = `SELECT day FROM (SELECT day, SUM(amount) AS amount FROM raw.orders GROUP BY day) AS wanted
FULL JOIN shop.daily USING (day) WHERE wanted.amount IS DISTINCT FROM daily.amount`;

/** Its partitions in BigQuery are none, or others than those that the project compares it by. */
describe("a source whose DATE column only the project names", () => {
  it.each([
    ["is not partitioned in BigQuery", ""],
    ["is partitioned by another column there", " PARTITION BY DATE(moment)"],
  ])("is read whole where it %s", async (_what, layout) => {
    const world = await World.open(
      FILES,
      `CREATE SCHEMA raw; CREATE TABLE raw.orders (day DATE, amount INT64, moment TIMESTAMP)${layout};
       INSERT INTO raw.orders VALUES ('2024-01-01', 1, '2024-03-01'), ('2024-01-02', 2, '2024-03-01'), ('2024-01-03', 3, '2024-01-01')`,
    );
    try {
      const sources = { "raw.orders": { partition: "day" } };
      world.write("fastbreak.json", JSON.stringify({ bigquery: { endpoint: world.proxy.url }, sources }));
      for (const change of ["SELECT 1", "UPDATE raw.orders SET amount = 20 WHERE amount = 2"]) {
        await world.sql(change);
        await settled();
        const { actions } = await world.run();
        expect(actions.flatMap(({ error }) => error ?? [])).toEqual([]);
        expect(await world.sql(WRONG)).toEqual([]);
      }
    } finally {
      await world.close();
    }
  });
});
