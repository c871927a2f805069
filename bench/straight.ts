// Sends final SQL straight to DuckDB: one CREATE TABLE AS per model, in order. Usage: straight DATABASE STATEMENTS.json
import { readFileSync } from "node:fs";
import { connectEmbedded, type FinalSql } from "../runner/api/embedded.js";

const [database = "", file = ""] = process.argv.slice(2);
const statements = JSON.parse(readFileSync(file, "utf8")) as FinalSql[];
const connection = await connectEmbedded(database);
for (const { dataset, name, sql } of statements) {
  await connection.run(`CREATE SCHEMA IF NOT EXISTS "${dataset}"`);
  await connection.run(`CREATE TABLE "${dataset}"."${name}" AS ${sql}`);
}
// As a run does: what was committed goes from the log into the file.
await connection.run("CHECKPOINT");
