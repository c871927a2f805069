#!/usr/bin/env node
// node tools/reference/record-data-hash.mjs INPUT.json OUTPUT.golden.json: evaluates hash expressions on sampled rows (README.md).

import { readFileSync, writeFileSync } from "node:fs";
import { googlesqlLiteral } from "./literals.mjs";
import { startReference } from "./server.mjs";

const [inputFile, outputFile] = process.argv.slice(2);
if (inputFile === undefined || outputFile === undefined) {
  console.error("usage: node tools/reference/record-data-hash.mjs INPUT.json OUTPUT.golden.json");
  process.exit(2);
}

/** The rows as one literal table with its columns in scope, in the given order. */
function query({ hashExpression, columns, rows }) {
  const fields = columns.map(({ name, type }) => `\`${name}\` ${type}`).join(", ");
  const structs = rows.map((row) => `(${columns.map(({ type }, i) => googlesqlLiteral(type, row[i])).join(", ")})`);
  const names = columns.map(({ name }) => `sampled.\`${name}\``).join(", ");
  return `SELECT data_hash FROM (
  SELECT sample_offset, ${hashExpression} AS data_hash
  FROM (SELECT sample_offset, ${names} FROM UNNEST(ARRAY<STRUCT<${fields}>>[${structs.join(",\n")}]) AS sampled WITH OFFSET AS sample_offset)
) ORDER BY sample_offset`;
}

const reference = await startReference();
try {
  const tables = JSON.parse(readFileSync(inputFile, "utf8"));
  const recorded = [];
  for (const table of tables) {
    try {
      const { rows } = await reference.evaluate(query(table));
      recorded.push({ ...table, hashes: rows.map(([hash]) => hash) });
      console.log(`${table.table}: ${rows.length} rows`);
    } catch (error) {
      console.error(`${table.table}: ${error.message}`);
      process.exitCode = 1;
    }
  }
  if (process.exitCode === undefined) {
    writeFileSync(outputFile, `[\n${recorded.map((table) => JSON.stringify(table)).join(",\n")}\n]\n`);
  }
} finally {
  reference.stop();
}
