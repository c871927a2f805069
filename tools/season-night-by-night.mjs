#!/usr/bin/env node
// Builds a season twice, in one run and night by night, and compares the tables row by row, hash by hash.
// node tools/season-night-by-night.mjs [FOLDER with a season in the public layouts; default: a synthetic one] [FROM TO]
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

const root = fileURLToPath(new URL("../", import.meta.url));
const words = process.argv.slice(2);
const isDate = (word) => /^\d{4}-\d{2}-\d{2}$/.test(word);
const folder = words.find((word) => !isDate(word));
const [from = "2021-10-19", to = "2022-04-10"] = words.filter(isDate);

const dir = mkdtempSync(join(tmpdir(), "fastbreak-season-"));
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
for (const name of ["definitions", "includes", "assertions", "dataform.json", "package.json"])
  cpSync(join(root, name), join(dir, name), { recursive: true });
symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
const loaders = { sample: join(root, "dist/ingest/sample.js"), files: join(root, "dist/ingest/files.js") };
writeFileSync(join(dir, "fastbreak.json"), JSON.stringify({ stateDataset: "nba_orchestration", loaders }));

const [season, nights] = [join(dir, "season.duckdb"), join(dir, "nights.duckdb")];
fastbreak("load", ...(folder === undefined ? ["sample"] : ["files", resolve(folder)]), "--database", season);
cpSync(season, nights);
const started = performance.now();
fastbreak("run", "--from", from, "--to", to, "--database", season);
console.log(`${from} to ${to} in one run: ${seconds(started)}`);
const nightly = performance.now();
let count = 0;
for (const day = new Date(from); day <= new Date(to); day.setUTCDate(day.getUTCDate() + 1)) {
  fastbreak("run", "--date", day.toISOString().slice(0, 10), "--database", nights);
  count += 1;
}
console.log(`the same in ${count} nights: ${seconds(nightly)}`);

const connection = await (await DuckDBInstance.create(":memory:")).connect();
await connection.run(`ATTACH '${season}' AS season (READ_ONLY); ATTACH '${nights}' AS nights (READ_ONLY)`);
const tables = await rows(
  "SELECT schema_name, table_name, list(column_name) FILTER (column_name NOT IN ('created_at', 'processed_at', 'updated_at', 'prediction_version', 'checked_at', 'computed_at', 'run_date') AND NOT regexp_matches(column_name, '_last_(updated|processed)$')) " +
    "FROM duckdb_columns() WHERE database_name = 'season' AND schema_name NOT IN ('bq', 'nba_raw', 'nba_orchestration') AND table_name IN (SELECT table_name FROM duckdb_tables()) GROUP BY ALL ORDER BY ALL",
);
let differing = 0;
for (const [schema, table, columns] of tables) {
  const select = (database) =>
    `SELECT ${columns.items.map((name) => `"${name}"`).join(", ")} FROM ${database}."${schema}"."${table}"`;
  const [[total, only, missing]] = await rows(
    `SELECT (SELECT count(*) FROM season."${schema}"."${table}"), ` +
      `(SELECT count(*) FROM (${select("season")} EXCEPT ALL ${select("nights")})), ` +
      `(SELECT count(*) FROM (${select("nights")} EXCEPT ALL ${select("season")}))`,
  );
  const same = only === 0n && missing === 0n;
  if (!same) differing += 1;
  console.log(
    `${same ? "same     " : "DIFFERENT"} ${schema}.${table}: ${total} rows${same ? "" : `, ${only} only in the season, ${missing} only in the nights`}`,
  );
}
console.log(`${tables.length - differing} tables equal, ${differing} differ`);
process.exitCode = differing === 0 && tables.length > 0 ? 0 : 1;

async function rows(sql) {
  return (await connection.runAndReadAll(sql)).getRows();
}

function fastbreak(...args) {
  const command = [join(root, "bin/fastbreak.cjs"), ...args, "--project-dir", dir];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`fastbreak ${args.join(" ")} ended with ${status}: ${stderr}`);
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
