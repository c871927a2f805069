import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import type { SqlType } from "../../port/sql-types.js";
import { exactValues, hashOfRow } from "./exact-values.js";

const POINT: SqlType = {
  kind: "struct",
  fields: [
    { name: "x", type: "FLOAT64" },
    { name: "The Name", type: "STRING" },
    { name: "tags", type: { kind: "array", element: "STRING" } },
    { name: "inner", type: { kind: "struct", fields: [{ name: "a", type: "INT64" }] } },
  ],
};

const DUCKDB_TYPE = `STRUCT(x DOUBLE, "The Name" VARCHAR, tags VARCHAR[], "inner" STRUCT(a BIGINT))`;

const VALUES = [
  "NULL",
  "{x: NULL, 'The Name': NULL, tags: NULL, 'inner': NULL}",
  "{x: 0.0, 'The Name': 'n', tags: [], 'inner': {a: NULL}}",
  "{x: '-0.0'::DOUBLE, 'The Name': 'n', tags: [], 'inner': {a: NULL}}",
  "{x: 0.0, 'The Name': 'n', tags: [], 'inner': NULL}",
  "{x: 0.0, 'The Name': 'n', tags: [NULL], 'inner': NULL}",
  "{x: 0.0, 'The Name': 'n', tags: ['a', 'b'], 'inner': {a: 1}}",
  "{x: 0.0, 'The Name': 'n', tags: ['a, b'], 'inner': {a: 1}}",
  "{x: 0.0, 'The Name': 'NULL', tags: ['a, b'], 'inner': {a: 1}}",
  "{x: 0.0, 'The Name': NULL, tags: ['a, b'], 'inner': {a: 1}}",
];

it("tells any two STRUCTs apart whose fields differ, by their hashes and by comparing them", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = VALUES.map((value, index) => `(${index}, ${value}::${DUCKDB_TYPE})`).join(", ");
  await connection.run(`CREATE TABLE t (i INTEGER, "my v" ${DUCKDB_TYPE}); INSERT INTO t VALUES ${rows}`);
  const of = (alias: string) => exactValues(`${alias}."my v"`, POINT);
  const hashes = await connection.runAndReadAll(`SELECT count(DISTINCT ${hashOfRow(of("t"))}) FROM t`);
  expect(Number(hashes.getRowsJson()[0]?.[0])).toBe(VALUES.length);
  const differs = of("a").map((value, index) => `${value} IS DISTINCT FROM ${of("b")[index]}`);
  const equal = await connection.runAndReadAll(
    `SELECT a.i, b.i FROM t AS a, t AS b WHERE NOT (${differs.join(" OR ")}) ORDER BY ALL`,
  );
  expect(equal.getRowsJson()).toEqual(VALUES.map((_, index) => [index, index]));
  connection.closeSync();
  instance.closeSync();
});
