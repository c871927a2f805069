import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SqlType } from "../../port/sql-types.js";
import { madeTable, NO_LAYOUT, readRelation } from "./catalog.js";
import { createTable } from "./tables.js";

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const SCALARS: readonly SqlType[] = [
  ...(["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC", "BOOL", "STRING", "BYTES", "DATE", "DATETIME", "TIME"] as const),
  ...(["TIMESTAMP", "INTERVAL", "JSON", "GEOGRAPHY"] as const),
  ...(["RANGE<DATE>", "RANGE<DATETIME>", "RANGE<TIMESTAMP>"] as const),
];
const struct = (type: SqlType): SqlType => ({
  kind: "struct",
  fields: [
    { name: "a b", type },
    { name: 'of "it"', type: "INT64" },
    { name: undefined, type: "DATE" },
  ],
});
const array = (element: SqlType): SqlType => ({ kind: "array", element });

it("knows of a table that was made what reading it tells", async () => {
  const types = SCALARS.flatMap((type) => [type, array(type), struct(type), array(struct(array(struct(type))))]);
  const columns = [
    ...types.map((type, index) => ({ name: `c${index}`, type })),
    { name: "collated", type: "STRING" as const, declared: "STRING COLLATE 'und:ci'" },
    { name: 'odd "name"', type: "INT64" as const },
  ];
  const layout = { ...NO_LAYOUT, partitionColumn: "c28", clusterBy: ["c0"], primaryKey: ["c0", "c20"] };
  const id = { dataset: "d", name: "every type" };
  await createTable(connection, id, columns, layout);
  const read = await readRelation(connection, id, { ...layout, definition: undefined });
  expect(madeTable(id, columns, layout)).toEqual(read);
  expect(read.columns).toHaveLength(columns.length);
});
