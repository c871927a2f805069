import { afterAll, expect, it } from "vitest";
import { openScratchWarehouse } from "../engines/duckdb/warehouse.js";
import type { SqlType } from "../port/sql-types.js";
import { wholeText } from "./shape.js";

const warehouse = await openScratchWarehouse();
afterAll(() => warehouse.close());

const POINTS: SqlType = { kind: "array", element: "GEOGRAPHY" };

it.each([
  ["GEOGRAPHY", "ST_GEOGPOINT(1, 2)", "POINT(1 2)"],
  [POINTS, "[ST_GEOGPOINT(3, 4), ST_GEOGPOINT(1, 2)]", '["POINT(3 4)","POINT(1 2)"]'],
  [
    { kind: "struct", fields: [{ name: "many", type: POINTS }] },
    "STRUCT([ST_GEOGPOINT(1, 2)] AS many)",
    '{"many":["POINT(1 2)"]}',
  ],
  [{ kind: "struct", fields: [{ name: "x", type: "INT64" }] }, "STRUCT(1 AS x)", '{"x":1}'],
] as const)("%j is written as a text, geographies as WKT", async (type, value, text) => {
  const { rows } = await warehouse.transaction((transaction) =>
    transaction.query(`SELECT ${wholeText("v", type)} FROM (SELECT ${value} AS v)`),
  );
  expect(rows).toEqual([[text]]);
});
