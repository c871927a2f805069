import { afterEach, expect, it } from "vitest";
import { settled, World } from "./world.js";

let world: World;
afterEach(() => world.close());

const MODEL = 'config { type: "incremental", uniqueKey: ["k"] }\nSELECT k, v FROM ${ref("raw", "rows")}';

it("leaves of several rows of one key as many as there should be", async () => {
  world = await World.open(
    {
      "definitions/rows.sqlx": 'config { type: "declaration", schema: "raw", name: "rows" }',
      "definitions/keyed.sqlx": MODEL,
    },
    "CREATE SCHEMA raw; CREATE TABLE raw.rows AS SELECT 'a' AS k, 5 AS v UNION ALL SELECT NULL, 6 UNION ALL SELECT NULL, 6",
  );
  const rows = (table: string) => world.sql(`SELECT IFNULL(k, '-'), v FROM ${table} ORDER BY 1, 2`);
  const expectSource = async () => {
    await settled();
    await world.run();
    expect(await rows("shop.keyed")).toEqual(await rows("raw.rows"));
  };
  await expectSource();
  await world.sql("DELETE FROM raw.rows WHERE k IS NULL; INSERT INTO raw.rows VALUES (NULL, 6)");
  await expectSource();
  await world.sql("UPDATE raw.rows SET v = 7 WHERE k IS NULL");
  await expectSource();
});
