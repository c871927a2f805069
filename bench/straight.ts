// Sends final SQL straight to DuckDB: one CREATE TABLE AS per model, in order. Usage: straight DATABASE STATEMENTS.json
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { installFunctions, installMacros } from "../runner/dialect/runtime/index.js";
import { createTable } from "../runner/engines/duckdb/tables.js";
import { CIRCUIT_BREAKER_STATE } from "../runner/state/breaker-state.js";

const [database = "", file = ""] = process.argv.slice(2);
const statements = JSON.parse(readFileSync(file, "utf8")) as { dataset: string; name: string; sql: string }[];
const connection = await (await DuckDBInstance.create(database)).connect();
await connection.run("SET TimeZone = 'UTC'; SET default_null_order = 'NULLS_FIRST_ON_ASC_LAST_ON_DESC'");
await installFunctions(connection);
await installMacros(connection);
// A model may read what the runner keeps: it is there, empty, before anything runs.
await createTable(
  connection,
  { dataset: "nba_orchestration", name: "circuit_breaker_state" },
  CIRCUIT_BREAKER_STATE.columns,
  {
    partitionColumn: undefined,
    clusterBy: [],
    primaryKey: [],
  },
);
for (const { dataset, name, sql } of statements) {
  await connection.run(`CREATE SCHEMA IF NOT EXISTS "${dataset}"`);
  await connection.run(`CREATE TABLE "${dataset}"."${name}" AS ${sql}`);
}
