#!/usr/bin/env node
// Type-checks GoogleSQL with the reference analyzer. README.md shows the usage.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startReference } from "./server.mjs";

const USAGE = `usage: node tools/reference/analyze.mjs FILE.sql [--tables TABLES.json]...
       node tools/reference/analyze.mjs --graph COMPILED.json [--tables TABLES.json]...`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tables: { type: "string", multiple: true, default: [] }, graph: { type: "string" } },
});
if ((values.graph === undefined) === (positionals.length !== 1)) {
  console.error(USAGE);
  process.exit(2);
}
const tables = Object.assign({}, ...values.tables.map((file) => JSON.parse(readFileSync(file, "utf8"))));

function where(error) {
  return error.line === undefined ? "" : `:${error.line}:${error.column}`;
}

async function analyzeFile(reference, file) {
  const sql = readFileSync(file === "-" ? 0 : file, "utf8");
  try {
    for (const { name, type } of await reference.analyze(sql, tables)) console.log(`${name} ${type}`.trim());
  } catch (error) {
    console.log(`${file}${where(error)}: ${error.message}`);
    process.exitCode = 1;
  }
}

const pathOf = ({ database, schema, name }) => [database, schema, name].filter(Boolean).join(".");

/** Actions in dependency order; a dependency that is not an action of the list does not count. */
function ordered(actions) {
  const byPath = new Map(actions.map((action) => [pathOf(action.target), action]));
  const seen = new Set();
  const result = [];
  const visit = (action) => {
    if (seen.has(action)) return;
    seen.add(action);
    for (const target of action.dependencyTargets ?? []) {
      const dependency = byPath.get(pathOf(target));
      if (dependency !== undefined) visit(dependency);
    }
    result.push(action);
  };
  for (const action of actions) visit(action);
  return result;
}

/** Each model's columns feed the models after it; assertions are checked against them. */
async function analyzeGraph(reference, file) {
  const graph = JSON.parse(readFileSync(file, "utf8"));
  const known = { ...tables };
  for (const action of ordered([...(graph.tables ?? []), ...(graph.assertions ?? [])])) {
    const path = pathOf(action.target);
    for (const [label, sql] of [
      ["query", action.query],
      ["incremental query", action.incrementalQuery],
    ]) {
      if (!sql) continue;
      try {
        const columns = await reference.analyze(sql, known);
        console.log(`ok    ${path} (${label}): ${columns.length} columns`);
        if (label === "query") known[path] = Object.fromEntries(columns.map((c) => [c.name, c.type]));
      } catch (error) {
        console.log(`error ${action.fileName} ${path} (${label}${where(error)}): ${error.message}`);
        process.exitCode = 1;
      }
    }
  }
}

const reference = await startReference();
try {
  await (values.graph === undefined ? analyzeFile(reference, positionals[0]) : analyzeGraph(reference, values.graph));
} finally {
  reference.stop();
}
