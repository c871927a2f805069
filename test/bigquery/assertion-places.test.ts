import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./world.js";

const FILES = {
  "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
  "definitions/cities.sqlx":
    'config { type: "table" }\nSELECT city, COUNT(*) AS n FROM ${ref("raw", "orders")} GROUP BY city',
};

describe("an assertion on BigQuery", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(FILES, "CREATE SCHEMA raw; CREATE TABLE raw.orders AS SELECT 1 AS n, 'Oslo' AS city");
  });
  afterAll(() => world.close());

  it.each([
    ["in a list", 'SELECT city,\n  nowhere\nFROM ${ref("cities")}\nWHERE n < 0', "3:3"],
    ["in a condition at the end", 'SELECT *\nFROM ${ref("cities")}\nWHERE nowhere < 0', "4:7"],
    ["where lists are left out", 'select*from ${ref("cities")} where nowhere < 0', "2:36"],
  ])("names the place of a mistake: %s", async (_, query, place) => {
    world.write("definitions/odd.sqlx", `config { type: "assertion" }\n${query}`);
    const { actions } = await world.run();
    const errors = actions.map(({ error }) => error).join("\n");
    expect(errors).toContain(`definitions/odd.sqlx:${place}: Unrecognized name: nowhere`);
  });

  it("finds its row, and none once it is gone", async () => {
    world.write("definitions/odd.sqlx", 'config { type: "assertion" }\nselect*from ${ref("cities")} where n = 1');
    expect((await world.run()).actions.map(({ status }) => status)).toContain("failed");
    await world.sql("INSERT INTO raw.orders (n, city) VALUES (2, 'Oslo')");
    expect((await world.run()).actions.map(({ status }) => status)).not.toContain("failed");
  });
});

describe("a view that no longer has what it names", () => {
  it("is told at its place, whatever columns the queries around it have", async () => {
    const world = await World.open(
      {
        "definitions/towns.sqlx": 'config { type: "declaration", schema: "raw", name: "towns" }',
        "definitions/named.sqlx": 'config { type: "view" }\nSELECT n, town FROM ${ref("raw", "towns")}',
        "definitions/most.sqlx":
          'config { type: "table" }\nSELECT t.town, (SELECT MAX(v.town) FROM ${ref("named")} AS v) AS most FROM (SELECT \'x\' AS town) AS t',
      },
      "CREATE SCHEMA raw; CREATE TABLE raw.towns AS SELECT 1 AS n, 'Oslo' AS town",
    );
    const errors = async () => (await world.run({ select: ["most"] })).actions.map(({ error }) => error).join("");
    expect(await errors()).toBe("");
    await world.sql("ALTER TABLE raw.towns RENAME COLUMN town TO city");
    expect(await errors()).toContain("definitions/named.sqlx:2:11: Unrecognized name: town");
    await world.close();
  });
});
