import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SHOP, SHOP_SEED } from "./shop.js";
import { settled, World } from "./world.js";

/** As few of the shop's models as show a decision. */
const SMALL = {
  ...Object.fromEntries(Object.entries(SHOP).filter(([path]) => !/(?:form|log)\.sqlx$/.test(path))),
  "definitions/cities.sqlx": `config { type: "table" }\nSELECT city, SUM(amount) AS amount FROM \${ref("daily")} GROUP BY city`,
};
const WRONG_ROWS = `SELECT TO_JSON_STRING(t) FROM (
  (SELECT day, city, COUNT(*) AS orders, SUM(amount) AS amount FROM raw.orders GROUP BY day, city EXCEPT DISTINCT SELECT * FROM shop.daily)
  UNION ALL
  (SELECT * FROM shop.daily EXCEPT DISTINCT SELECT day, city, COUNT(*), SUM(amount) FROM raw.orders GROUP BY day, city)) AS t`;

/** Models whose rows come from behind something: a view of somebody else, a set of tables. */
const INDIRECT = {
  "definitions/recent.sqlx": 'config { type: "declaration", schema: "raw", name: "recent" }',
  "definitions/shards.sqlx": 'config { type: "declaration", schema: "raw", name: "events_*" }',
  "definitions/behind_view.sqlx": `config { type: "table" }\nSELECT COUNT(*) AS n, SUM(amount) AS amount FROM \${ref("raw", "recent")}`,
  "definitions/all_shards.sqlx": `config { type: "table" }\nSELECT COUNT(*) AS n FROM \${ref("raw", "events_*")}`,
};
const INDIRECT_SEED = `CREATE VIEW raw.recent AS SELECT * FROM raw.orders WHERE id > 1;
CREATE TABLE raw.events_20240101 AS SELECT 1 AS id`;
/** Nobody can tell which tables it reads: it always runs. */
const ALWAYS = "shop.all_shards";

/** Each is a way in which metadata say too little: the run after it must find the change. */
describe("what free metadata do not tell", () => {
  let world: World;
  const ran = async () => {
    const { actions } = await world.run();
    expect(actions.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await world.sql(WRONG_ROWS)).toEqual([]);
    const keys = actions.filter(({ status }) => status !== "skipped").map(({ key }) => key);
    expect(keys).toContain(ALWAYS);
    return keys.filter((key) => key !== ALWAYS);
  };

  beforeAll(async () => {
    world = await World.open({ ...SMALL, ...INDIRECT }, `${SHOP_SEED}; ${INDIRECT_SEED}`);
    await settled();
    await ran();
    await settled();
    await ran();
  });
  afterAll(() => world.close());
  it("rows that were deleted", async () => {
    await world.sql("DELETE FROM raw.orders WHERE id = 4");
    expect(await ran()).toContain("shop.daily");
  });

  it("rows that were written away and back cost a look, and nothing is built", async () => {
    await settled();
    await ran();
    await world.sql(
      "UPDATE raw.orders SET amount = amount + 1 WHERE id = 1; UPDATE raw.orders SET amount = amount - 1 WHERE id = 1",
    );
    expect(await ran()).toEqual([]);
  });

  it("a table that was made anew with the same rows", async () => {
    await world.sql("CREATE OR REPLACE TABLE raw.orders PARTITION BY day AS SELECT * FROM raw.orders");
    expect(await ran()).toEqual([]);
  });

  it("labels and descriptions", async () => {
    await world.sql("ALTER TABLE raw.orders SET OPTIONS (description = 'orders of the shop')");
    expect(await ran()).toEqual([]);
  });

  it("other rows of the same number, within the moment of the last look", async () => {
    for (const id of [1, 2]) {
      await world.sql(`UPDATE raw.orders SET amount = amount + 1 WHERE id = ${id}`);
      expect(await ran()).toContain("shop.daily");
    }
  });

  it("an output that somebody has changed", async () => {
    await world.sql("UPDATE shop.cities SET amount = 0 WHERE TRUE");
    expect(await ran()).toEqual(["shop.cities"]);
    await world.sql("DROP TABLE shop.daily");
    expect(await ran()).toContain("shop.daily");
    await world.sql("CREATE OR REPLACE VIEW shop.big AS SELECT 1 AS x");
    expect(await ran()).toEqual(["shop.big"]);
  });

  it("rows behind a view of somebody else", async () => {
    const [[before] = []] = await world.sql("SELECT amount FROM shop.behind_view");
    await world.sql("UPDATE raw.orders SET amount = amount + 5 WHERE id = 3");
    expect(await ran()).toContain("shop.behind_view");
    expect(await world.sql("SELECT amount FROM shop.behind_view")).toEqual([[String(Number(before) + 5)]]);
  });

  it("another table of a set", async () => {
    await world.sql("CREATE TABLE raw.events_20240102 AS SELECT 2 AS id");
    expect(await ran()).toEqual([]);
    expect(await world.sql("SELECT n FROM shop.all_shards")).toEqual([["2"]]);
  });

  it("rows that were streamed", async () => {
    const answer = await fetch(`${world.server.url}/bigquery/v2/projects/acme/datasets/raw/tables/orders/insertAll`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ rows: [{ json: { id: 90, day: "2024-01-04", city: "Bern", amount: 4 } }] }),
    });
    expect(answer.status).toBe(200);
    expect(await ran()).toContain("shop.daily");
  });
});
