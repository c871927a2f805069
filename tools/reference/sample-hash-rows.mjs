#!/usr/bin/env node
// node tools/reference/sample-hash-rows.mjs DATABASE OUTPUT.json: rows of every hashed table, for record-data-hash.mjs (README.md).

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { DuckDBInstance } from "@duckdb/node-api";

const ROWS = 60;
const { HASH_FIELDS, dataHash } = createRequire(import.meta.url)("../../includes/hashing.js");

const [database, outputFile] = process.argv.slice(2);
if (database === undefined || outputFile === undefined) {
  console.error("usage: node tools/reference/sample-hash-rows.mjs DATABASE OUTPUT.json");
  process.exit(2);
}
const instance = await DuckDBInstance.create(database, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");

const tables = [];
for (const [table, fields] of Object.entries(HASH_FIELDS)) {
  const dataset = await datasetOf(table);
  if (dataset === undefined) {
    console.error(`${table}: not in ${database}, left out`);
    continue;
  }
  const columns = Object.entries(fields).map(([name, type]) => ({ name, type: type.replace(/\(.*\)$/, "") }));
  const { rows, hashes } = await sample(`"${dataset}"."${table}"`, columns);
  tables.push({ table, hashExpression: dataHash(table), columns, rows, published: hashes });
  console.log(`${table}: ${rows.length} rows`);
}
writeFileSync(outputFile, JSON.stringify(tables));

async function datasetOf(table) {
  const found = await connection.runAndReadAll(
    "SELECT schema_name FROM duckdb_tables() WHERE table_name = $1 ORDER BY schema_name",
    [table],
  );
  return found.getRows()[0]?.[0];
}

/** For each column a row where it is NULL and one where it is not, where there are such; then rows in order of their hash. */
async function sample(relation, columns) {
  const byNull = columns.map(({ name }) => `row_number() OVER (PARTITION BY "${name}" IS NULL ORDER BY data_hash) = 1`);
  const values = columns.map(({ name, type }) => textOf(`"${name}"`, type));
  const reader = await connection.runAndReadAll(`
    WITH marked AS (SELECT *, (${byNull.join(" OR ")}) AS telling FROM ${relation})
    SELECT data_hash, ${values.join(", ")} FROM marked ORDER BY telling DESC, data_hash LIMIT ${ROWS}`);
  const rows = reader.getRowsJson();
  return { rows: rows.map((row) => row.slice(1)), hashes: rows.map((row) => row[0]) };
}

/** A value in the golden form (README.md). */
function textOf(column, type) {
  if (type === "BOOL" || type === "STRING") return column;
  if (type === "TIMESTAMP") return `strftime(${column}, '%Y-%m-%dT%H:%M:%SZ')`;
  if (type.startsWith("ARRAY")) return `list_transform(${column}, lambda x: CAST(x AS VARCHAR))`;
  return `CAST(${column} AS VARCHAR)`;
}
