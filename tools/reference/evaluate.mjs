#!/usr/bin/env node
// node tools/reference/evaluate.mjs "SELECT ..." ["SELECT ..." ...]: prints each result as GoogleSQL's reference gives it.

import { startReference } from "./server.mjs";

const statements = process.argv.slice(2);
if (statements.length === 0) {
  console.error('usage: node tools/reference/evaluate.mjs "SELECT ..." ["SELECT ..." ...]');
  process.exit(2);
}
const reference = await startReference();
for (const sql of statements) {
  try {
    const { columns, rows } = await reference.evaluate(sql);
    console.log(columns.map((c) => `${c.name} ${c.type}`.trim()).join(" | "));
    for (const row of rows) console.log(row.map((value) => JSON.stringify(value)).join(" | "));
  } catch (error) {
    console.log(`error: ${error.message}${error.line ? ` [at ${error.line}:${error.column}]` : ""}`);
    process.exitCode = 1;
  }
}
reference.stop();
