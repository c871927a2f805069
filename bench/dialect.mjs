// node bench/dialect.mjs: milliseconds to parse, resolve and print queries of 1, 10 and 50 KB, and to load the function library.

import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const outdir = `${root}node_modules/.cache/bench-dialect`;
await build({
  absWorkingDir: root,
  entryPoints: { dialect: "runner/dialect/index.ts", runtime: "runner/dialect/runtime/index.ts" },
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "warning",
});
const { translateQuery } = await import(`${outdir}/dialect.mjs`);
const { installMacros } = await import(`${outdir}/runtime.mjs`);
const { DuckDBInstance } = await import("@duckdb/node-api");

const COLUMNS = [
  ["player_id", "STRING"],
  ["game_date", "DATE"],
  ["points", "INT64"],
  ["minutes", "FLOAT64"],
  ["fee", "NUMERIC"],
  ["played_at", "TIMESTAMP"],
];
const table = { duckdbPath: ["main", "games"], columns: COLUMNS.map(([name, type]) => ({ name, type })) };
const catalog = { find: (path) => (path.at(-1) === "games" ? table : undefined), names: () => ["nba.games"] };

/** A chain of CTEs, each about 600 characters, until the text is long enough. */
function queryOf(bytes) {
  const parts = ["WITH s0 AS (SELECT * FROM nba.games)"];
  let length = 0;
  for (let i = 1; length < bytes; i++) {
    const part = `s${i} AS (
  SELECT player_id, game_date, points, minutes, fee, played_at,
    ROUND(SAFE_DIVIDE(SUM(points) OVER (PARTITION BY player_id ORDER BY game_date ROWS BETWEEN ${i % 9} PRECEDING AND CURRENT ROW), NULLIF(COUNT(*) OVER (PARTITION BY player_id ORDER BY game_date), 0)), 3) AS rate_${i},
    CASE WHEN points > ${i} THEN CONCAT('high-', CAST(points AS STRING)) WHEN fee IS NULL THEN 'none' ELSE FORMAT_DATE('%Y-%m', game_date) END AS label_${i},
    DATE_DIFF(game_date, LAG(game_date) OVER (PARTITION BY player_id ORDER BY game_date), DAY) AS rest_${i},
    IF(minutes BETWEEN 10 AND 30, fee * 2, fee / 3) AS cost_${i}
  FROM s${i - 1} WHERE game_date >= DATE '2021-10-19' AND player_id NOT IN ('a', 'b'))`;
    parts.push(part);
    length += part.length;
  }
  return `${parts.join(",\n")}\nSELECT player_id, COUNT(*) AS n, SUM(points) AS total FROM s${parts.length - 1} GROUP BY player_id ORDER BY total DESC`;
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const limits = { 1: undefined, 10: 10, 50: 40 };
for (const [kilobytes, limit] of Object.entries(limits)) {
  const sql = queryOf(Number(kilobytes) * 1024);
  const times = [];
  for (let run = 0; run < 25; run++) {
    const start = performance.now();
    translateQuery(sql, catalog);
    times.push(performance.now() - start);
  }
  const first = times[0].toFixed(1);
  const found = median(times);
  const verdict = limit === undefined ? "" : found <= limit ? ` (limit ${limit}: kept)` : ` (limit ${limit}: MISSED)`;
  console.log(`${(sql.length / 1024).toFixed(1)} KB: ${found.toFixed(1)} ms, first time ${first} ms${verdict}`);
}

const database = `${outdir}/bench.duckdb`;
rmSync(database, { force: true });
for (const label of ["library into a new database", "library that is there already"]) {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  const start = performance.now();
  await installMacros(connection);
  console.log(`${label}: ${(performance.now() - start).toFixed(0)} ms`);
  connection.closeSync();
  instance.closeSync();
}
