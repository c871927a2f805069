#!/usr/bin/env node
// node tools/reference/record-worked-examples.mjs OUTPUT.golden.json: evaluates the worked examples of docs/ (README.md).

import { writeFileSync } from "node:fs";
import { startReference } from "./server.mjs";
import { WORKED_EXAMPLES } from "./worked-examples.mjs";

const [outputFile] = process.argv.slice(2);
if (outputFile === undefined) {
  console.error("usage: node tools/reference/record-worked-examples.mjs OUTPUT.golden.json");
  process.exit(2);
}
const reference = await startReference();
try {
  const recorded = [];
  for (const { name, sql } of WORKED_EXAMPLES) {
    const { rows } = await reference.evaluate(sql);
    recorded.push({ name, sql, value: String(rows[0][0]) });
  }
  writeFileSync(outputFile, `[\n${recorded.map((example) => JSON.stringify(example)).join(",\n")}\n]\n`);
  console.log(`${recorded.length} examples`);
} finally {
  reference.stop();
}
