import { afterEach, expect, it } from "vitest";
import { World } from "./world.js";

const ORDERS = 'config { type: "declaration", schema: "raw", name: "orders" }';
let world: World;
afterEach(() => world.close());

/** Somebody writes the source once, when a job of a step has begun. */
function writeDuring(step: string, sql: string): void {
  let isWritten = false;
  world.proxy.fault = ({ method, path }) => {
    if (!isWritten && method === "GET" && new RegExp(`/queries/fastbreak_.*${step}`).test(path)) {
      isWritten = true;
      void world.sql(sql);
    }
    return undefined;
  };
}

it("a model whose source is written while it is built is built again, of one state of it", async () => {
  world = await World.open(
    {
      "definitions/orders.sqlx": ORDERS,
      "definitions/sums.sqlx": 'config { type: "table" }\nSELECT SUM(amount) AS amount FROM ${ref("raw", "orders")}',
    },
    "CREATE SCHEMA raw; CREATE TABLE raw.orders AS SELECT 1 AS amount",
  );
  writeDuring("shop_sums", "UPDATE raw.orders SET amount = 7 WHERE TRUE");
  const { actions } = await world.run();
  expect(actions.map(({ error }) => error)).toEqual([undefined]);
  await world.run();
  expect(await world.sql("SELECT amount FROM shop.sums")).toEqual([["7"]]);
  expect((await world.run()).actions.map(({ status }) => status)).toEqual(["skipped"]);
});

it("statements that were carried out are not carried out again by the same run", async () => {
  world = await World.open(
    {
      "definitions/orders.sqlx": ORDERS,
      "definitions/log.sqlx":
        'config { type: "operations", dependencies: ["orders"] }\nINSERT INTO raw.log SELECT SUM(amount) FROM ${ref("raw", "orders")}',
    },
    "CREATE SCHEMA raw; CREATE TABLE raw.orders AS SELECT 1 AS amount; CREATE TABLE raw.log (amount INT64)",
  );
  writeDuring("shop_log", "UPDATE raw.orders SET amount = 7 WHERE TRUE");
  await world.run();
  expect(await world.sql("SELECT COUNT(*) FROM raw.log")).toEqual([["1"]]);
});
