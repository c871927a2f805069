import { afterEach, expect, it } from "vitest";
import { EVERYTHING } from "../../runner/plan/select.js";
import { planSession } from "../../runner/session/plan-request.js";
import { withProject } from "../../runner/session/session.js";
import { World } from "./world.js";

let world: World;
afterEach(() => world.close());

it("a process that goes on, as a night or the pages do, plans again by what is there by then", async () => {
  world = await World.open(
    {
      "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
      "definitions/sums.sqlx": 'config { type: "table" }\nSELECT SUM(amount) AS amount FROM ${ref("raw", "orders")}',
    },
    "CREATE SCHEMA raw; CREATE TABLE raw.orders AS SELECT 1 AS amount",
  );
  await world.run();
  await withProject({ projectDir: world.dir, target: "bigquery" }, async (session) => {
    const reasons = async () => {
      const request = { window: undefined, selection: EVERYTHING, force: false, upstream: true };
      const { decisions } = await planSession(session, request);
      return [...decisions.values()].flat().map(({ reason }) => reason);
    };
    expect(await reasons()).toEqual(["unchanged"]);
    await world.sql("INSERT INTO raw.orders VALUES (5)");
    expect(await reasons()).toEqual(["inputs_changed"]);
    // What others build meanwhile is built.
    await world.run();
    expect(await reasons()).toEqual(["unchanged"]);
    await world.sql("DROP TABLE shop.sums");
    expect(await reasons()).toEqual(["table_missing"]);
  });
});
