import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveWarehouse } from "../../runner/session/serve-warehouse.js";
import { HAS_BQEMULATOR, startBqemulator } from "./bqemulator.js";
import { SHOP, SHOP_SEED } from "./shop.js";
import { CALLS, Calls, CITIES } from "./smoke-calls.js";
import { type StandIn, settled, World } from "./world.js";

/** The two know nothing of each other: what both take cannot be a mistake that the runner shares with its own server. */
interface Server {
  readonly isThere: boolean;
  readonly start: () => Promise<StandIn & { readonly bare?: string }>;
  /** What it cannot do, by the names of the tests below. They must fail, so that the list stays true. */
  readonly lacks: readonly string[];
}

const SERVERS: Readonly<Record<string, Server>> = {
  "fastbreak serve": {
    isThere: true,
    start: () => serveWarehouse({ place: {}, inMemory: true, seed: undefined, port: 0 }),
    lacks: [],
  },
  bqemulator: {
    isThere: HAS_BQEMULATOR,
    start: startBqemulator,
    lacks: [
      "gives whole numbers, times and nested values exactly",
      "begins one job for an id",
      "keeps the labels of a job",
      "names the place of a mistake",
      "tells what a script raises",
      "tells how a table is laid out and described",
      "changes a table's description only as it was seen",
      "keeps the text of a view",
      "answers many calls in one",
    ],
  },
};

const ACTIONS = ["orders", "daily", "log", "cities", "positive"];
const FILES = {
  ...Object.fromEntries(
    Object.entries(SHOP).filter(([path]) => ACTIONS.some((name) => path.endsWith(`/${name}.sqlx`))),
  ),
  "definitions/cities.sqlx": `config { type: "table" }
SELECT city, SUM(amount) AS amount FROM \${ref("daily")} GROUP BY city`,
  // The text of a view may end with what a server does not keep.
  "definitions/positive.sqlx": `${SHOP["definitions/positive.sqlx"]} -- no refunds`,
};

/** What the tables must hold, from the orders alone: rows that are missing or too many. */
const WRONG_ROWS = `WITH
daily AS (SELECT day, city, COUNT(*) AS orders, SUM(amount) AS amount FROM raw.orders GROUP BY day, city),
cities AS (SELECT city, SUM(amount) AS amount FROM daily GROUP BY city),
rows_of AS (
  SELECT 1 AS sign, TO_JSON_STRING(t) AS row_text FROM daily AS t UNION ALL
  SELECT -1, TO_JSON_STRING(t) FROM shop.daily AS t UNION ALL
  SELECT 1, TO_JSON_STRING(t) FROM cities AS t UNION ALL
  SELECT -1, TO_JSON_STRING(t) FROM shop.cities AS t UNION ALL
  SELECT 1, CAST(id AS STRING) FROM raw.orders UNION ALL
  SELECT -1, CAST(id AS STRING) FROM shop.log
)
SELECT row_text, SUM(sign) FROM rows_of GROUP BY row_text HAVING SUM(sign) != 0 ORDER BY 1`;

describe.each(Object.entries(SERVERS))("on %s", (name, { isThere, start, lacks }) => {
  const should = (title: string) => (!isThere ? it.skip : lacks.includes(title) ? it.fails : it);
  let world: World;
  let calls: Calls;

  beforeAll(async () => {
    if (!isThere) return console.log(`${name}: skipped, 'npm run clients' has not installed it`);
    const server = await start();
    world = await World.on(server, FILES, SHOP_SEED);
    calls = new Calls(server.bare ?? server.url);
    await calls.run(CITIES);
    return undefined;
  });
  afterAll(() => world?.close());

  const statuses = async () => {
    const { actions } = await world.run();
    return Object.fromEntries(actions.map(({ key, status }) => [key, status]));
  };
  const all = (status: string) => Object.fromEntries(ACTIONS.slice(1).map((action) => [`shop.${action}`, status]));

  describe("a project", () => {
    should("is built")("is built", async () => {
      expect(await statuses()).toEqual(all("success"));
      expect(await world.sql(WRONG_ROWS)).toEqual([]);
    });

    should("is left alone when nothing has changed")("is left alone when nothing has changed", async () => {
      // The digests of what the first run has made are read once.
      await settled();
      await world.run();
      const before = (await world.jobs()).length;
      expect(await statuses()).toEqual(all("skipped"));
      expect((await world.jobs()).length).toBe(before);
    });

    should("follows a corrected row")("follows a corrected row", async () => {
      await world.sql("UPDATE raw.orders SET amount = 10 WHERE id = 3");
      const { actions } = await world.run();
      const daily = actions.find(({ key }) => key === "shop.daily");
      const built = daily?.partitions.filter(({ decision }) => decision === "run");
      expect(built?.map(({ partition }) => partition)).toEqual(["2024-01-02"]);
      expect(await world.sql(WRONG_ROWS)).toEqual([]);
    });

    should("adds rows to an incremental table")("adds rows to an incremental table", async () => {
      await world.sql("INSERT INTO raw.orders VALUES (6, DATE '2024-01-04', 'Bern', 4)");
      expect(await statuses()).toMatchObject({ "shop.log": "success", "shop.daily": "success" });
      expect(await world.sql("SELECT id FROM shop.log ORDER BY 1")).toEqual([["1"], ["2"], ["3"], ["4"], ["5"], ["6"]]);
      expect(await world.sql(WRONG_ROWS)).toEqual([]);
    });

    should("publishes nothing that an assertion refuses")("publishes nothing that an assertion refuses", async () => {
      const before = await world.sql("SELECT TO_JSON_STRING(t) FROM shop.daily AS t ORDER BY 1");
      await world.sql("UPDATE raw.orders SET amount = -50 WHERE id = 2");
      expect(await statuses()).toMatchObject({ "shop.positive": "failed" });
      expect(await world.sql("SELECT TO_JSON_STRING(t) FROM shop.daily AS t ORDER BY 1")).toEqual(before);
      await world.sql("UPDATE raw.orders SET amount = 8 WHERE id = 2");
      expect(await statuses()).toMatchObject({ "shop.positive": "success", "shop.daily": "success" });
      expect(await world.sql(WRONG_ROWS)).toEqual([]);
    });

    should("is made in other columns")("is made in other columns", async () => {
      world.write(
        "definitions/cities.sqlx",
        'config { type: "table", description: "Cities", bigquery: { labels: { team: "data" } } }\nSELECT city, SUM(amount) AS amount, COUNT(*) AS days FROM ${ref("daily")} GROUP BY city',
      );
      expect(await statuses()).toMatchObject({ "shop.cities": "success" });
      expect(await world.sql("SELECT COUNT(days) = COUNT(*) FROM shop.cities")).toEqual([["true"]]);
      expect(await calls.get("/datasets/shop/tables/cities")).toMatchObject({
        description: "Cities",
        labels: { team: "data" },
      });
    });
  });

  describe("a server", () => {
    for (const [title, work] of Object.entries(CALLS)) should(title)(title, () => work(calls));
  });
});
