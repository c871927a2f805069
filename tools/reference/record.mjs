#!/usr/bin/env node
// node tools/reference/record.mjs [NAME...]: evaluates inputs/NAME.mjs and writes runner/dialect/goldens/NAME.golden.json (README.md).

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { googlesqlLiteral } from "./literals.mjs";
import { GoogleSqlError, startReference } from "./server.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const inputs = join(here, "inputs");
const goldens = join(here, "../../runner/dialect/goldens");

/** All rows in one query. */
async function evaluateRows(reference, { parameters, googlesql }, rows) {
  const types = Object.entries(parameters);
  const fields = types.map(([name, type]) => `${name} ${type}`).join(", ");
  const tuples = rows.map(
    (row) => `STRUCT<${fields}>(${types.map(([, type], i) => googlesqlLiteral(type, row[i])).join(", ")})`,
  );
  const names = Object.keys(parameters).map((name) => `t.${name}`);
  const sql = `SELECT result FROM (SELECT o, ${googlesql} AS result FROM (SELECT o, ${names.join(", ")}
    FROM UNNEST([${tuples.join(",\n")}]) AS t WITH OFFSET AS o)) ORDER BY o`;
  const { columns, rows: results } = await reference.evaluate(sql);
  return { type: columns[0].type, results: results.map((row) => row[0]) };
}

/** A row on which the expression fails is recorded as {"error": message}. */
async function evaluateFunction(reference, entry) {
  try {
    return await evaluateRows(reference, entry, entry.rows);
  } catch (error) {
    if (!(error instanceof GoogleSqlError) || error.line !== undefined) throw error;
  }
  const results = [];
  let type;
  for (const row of entry.rows) {
    try {
      const one = await evaluateRows(reference, entry, [row]);
      type ??= one.type;
      results.push(one.results[0]);
    } catch (error) {
      if (!(error instanceof GoogleSqlError) || error.line !== undefined) throw error;
      results.push({ error: error.message });
    }
  }
  if (type === undefined) throw new Error(`${entry.name}: fails for every row: ${results[0].error}`);
  return { type, results };
}

async function evaluateQuery(reference, { sql }) {
  try {
    return await reference.evaluate(sql);
  } catch (error) {
    if (!(error instanceof GoogleSqlError)) throw error;
    const at = error.line === undefined ? {} : { line: error.line, column: error.column };
    return { error: error.message, ...at };
  }
}

function goldenText(entries) {
  return `[\n${entries.map((entry) => JSON.stringify(entry)).join(",\n")}\n]\n`;
}

const names = process.argv.slice(2);
const selected = names.length > 0 ? names : readdirSync(inputs).map((file) => file.replace(/\.mjs$/, ""));
const reference = await startReference();
mkdirSync(goldens, { recursive: true });
try {
  for (const name of selected) {
    const { entries } = await import(pathToFileURL(join(inputs, `${name}.mjs`)));
    const recorded = [];
    for (const entry of entries) {
      try {
        const result =
          entry.sql === undefined ? await evaluateFunction(reference, entry) : await evaluateQuery(reference, entry);
        recorded.push({ ...entry, ...result });
      } catch (error) {
        console.error(
          `${name}: ${entry.name}: ${error.message}${error.line ? ` [at ${error.line}:${error.column}]` : ""}`,
        );
        process.exitCode = 1;
      }
    }
    writeFileSync(join(goldens, `${name}.golden.json`), goldenText(recorded));
    const values = recorded.reduce((sum, entry) => sum + (entry.rows?.length ?? 0), 0);
    console.log(`${name}: ${recorded.length} entries, ${values} rows`);
  }
} finally {
  reference.stop();
}
