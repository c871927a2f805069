#!/usr/bin/env node
// node tools/reference/record-queries.mjs [NAME...]: evaluates queries/NAME.mjs and writes runner/dialect/goldens/NAME.jsonl, in the
// format of the conformance files: {id, class, source, sql, ordered, types, rows} or {.., error, errorKind, at}.

import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { GoogleSqlError, startReference } from "./server.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "queries");
const goldens = join(here, "../../runner/dialect/goldens");
/** Some functions of NUMERIC keep the server busy for ever. */
const PATIENCE_MS = 5000;

async function evaluated(reference, sql) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
  });
  try {
    return await Promise.race([reference.evaluate(sql), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function record(reference, sql) {
  try {
    const { columns, rows } = await evaluated(reference, sql);
    return { ordered: /ORDER BY[^)]*$/.test(sql), types: columns.map((column) => column.type), rows };
  } catch (error) {
    if (!(error instanceof GoogleSqlError)) return undefined;
    if (/not supported|Unsupported|not yet|do\(es\) not have|Function not found: (?!SUMM)/.test(error.message))
      return undefined;
    if (error.line === undefined) return { error: error.message, errorKind: "runtime" };
    return { error: error.message, errorKind: "analysis", at: [error.line, error.column] };
  }
}

const names = process.argv.slice(2);
const files = readdirSync(folder).filter((file) => file !== "templates.mjs");
const selected = names.length > 0 ? names : files.map((file) => file.replace(/\.mjs$/, ""));
for (const name of selected) {
  const { queries } = await import(pathToFileURL(join(folder, `${name}.mjs`)));
  let reference = await startReference();
  const lines = [];
  for (const [i, query] of queries.entries()) {
    const { sql, same } = typeof query === "string" ? { sql: query, same: query } : query;
    const result = await record(reference, same);
    if (result === undefined) {
      console.error(`${name}: not recorded: ${sql}`);
      reference.stop();
      reference = await startReference();
      continue;
    }
    lines.push(
      JSON.stringify({
        id: `${name}-${String(i + 1).padStart(3, "0")}`,
        class: name,
        source: "golden",
        sql,
        ...result,
      }),
    );
  }
  reference.stop();
  writeFileSync(join(goldens, `${name}.jsonl`), `${lines.join("\n")}\n`);
  console.log(`${name}: ${lines.length} of ${queries.length} queries`);
}
process.exit(0);
