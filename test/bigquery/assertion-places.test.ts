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
