import { afterAll, beforeAll, expect, it } from "vitest";
import { settled, World } from "./world.js";

const DATES = 900;
/** Well below what the service takes of a text, and less than the records of all dates. */
const MOST_CHARACTERS = 420_000;

let world: World;
beforeAll(async () => {
  world = await World.open(
    {
      "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
      "definitions/daily.sqlx": `config { type: "incremental", uniqueKey: ["day"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, SUM(amount) AS amount FROM \${ref("raw", "orders")} GROUP BY day`,
    },
    `CREATE SCHEMA raw; CREATE TABLE raw.orders PARTITION BY day AS
     SELECT DATE_ADD('2020-01-01', INTERVAL n DAY) AS day, n AS amount FROM UNNEST(GENERATE_ARRAY(0, ${DATES - 1})) AS n`,
  );
  await settled();
});
afterAll(() => world.close());

it("records the builds of many dates, though no text may be longer than the service takes", async () => {
  await world.run();
  expect(await world.sql("SELECT COUNT(*), SUM(amount) FROM shop.daily")).toEqual([
    [String(DATES), String((DATES * (DATES - 1)) / 2)],
  ]);
  const recorded = await world.sql(
    "SELECT COUNT(DISTINCT `partition`) FROM fastbreak.model_state WHERE model = 'shop.daily'",
  );
  expect(Number(recorded[0]?.[0])).toBeGreaterThanOrEqual(DATES);
  await settled();
  await world.run();
  const again = await world.sql(
    "SELECT MAX(runs) FROM (SELECT COUNT(*) AS runs FROM fastbreak.model_state GROUP BY `partition`)",
  );
  expect(again).toEqual([["1"]]);
  const lengths = (await world.jobs()).map(({ configuration }) => configuration.query?.query?.length ?? 0);
  expect(Math.max(...lengths)).toBeLessThan(MOST_CHARACTERS);
});
