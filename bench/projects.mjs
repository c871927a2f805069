// Projects of any size to measure with. Each stands in a folder of its own, with its warehouse in `.fastbreak/`.

import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { fastbreak, ROOT } from "./measure.mjs";

const LAYERS = 10;
const SOURCES = 10;
const SOURCE_ROWS = 10_000;
const made = [];

process.on("exit", () => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

// A signal ends a process without `exit`, unless somebody listens.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** A folder that is gone when the bench ends. */
export function scratch() {
  const dir = mkdtempSync(join(tmpdir(), "fastbreak-bench-"));
  made.push(dir);
  return dir;
}

/** The warehouse of a project. */
export const warehouseOf = (dir) => join(dir, ".fastbreak", "warehouse.duckdb");

/** Runs statements of DuckDB itself on a file. */
export async function duckdb(file, ...statements) {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

function emptyProject() {
  const dir = scratch();
  mkdirSync(join(dir, "definitions"));
  mkdirSync(join(dir, ".fastbreak"));
  write(dir, "dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
  return dir;
}

/** Writes a file of a project. */
export function write(dir, name, text) {
  writeFileSync(join(dir, name), text);
}

const declare = (dir, name) =>
  write(dir, `definitions/raw_${name}.sqlx`, `config { type: "declaration", schema: "raw", name: "${name}" }\n`);

/**
 * Ten layers of models; each joins one of ten sources of 10,000 rows with two models of the layer above.
 * @returns the project's folder, with its sources in the warehouse and nothing built
 */
export async function layered(models, { rows = SOURCE_ROWS } = {}) {
  const dir = emptyProject();
  const width = Math.ceil(models / LAYERS);
  for (let source = 0; source < SOURCES; source += 1) declare(dir, `s${source}`);
  for (let index = 0; index < models; index += 1) write(dir, `definitions/m${index}.sqlx`, layeredModel(index, width));
  await duckdb(
    warehouseOf(dir),
    "CREATE SCHEMA raw",
    ...Array.from(
      { length: SOURCES },
      (_, source) =>
        `CREATE TABLE raw.s${source} AS SELECT i AS id, (i * ${source + 7}) % 1000 AS value, 'n' || (i % 50) AS name
           FROM range(${rows}) t(i)`,
    ),
  );
  return dir;
}

/** The text of one of `layered`'s models. */
export function layeredModel(index, width, added = "") {
  const layer = Math.floor(index / width);
  const above = (shift) => ref(`m${(layer - 1) * width + ((index + shift) % width)}`);
  const source = ref("raw", `s${index % SOURCES}`);
  const joins = layer === 0 ? "" : `\nJOIN ${above(0)} AS x USING (id)\nJOIN ${above(7)} AS y USING (id)`;
  const value = layer === 0 ? "s.value" : "MOD(s.value + x.value + y.value, 1000)";
  return `config { type: "table" }\nSELECT id, ${value} + ${index % 5}${added} AS value, s.name\nFROM ${source} AS s${joins}\n`;
}

/**
 * An incremental model with one row per key and date, and another that reads it.
 * @param partitions how many dates the source has
 */
export async function partitioned(partitions) {
  const dir = emptyProject();
  declare(dir, "events");
  const config =
    'config { type: "incremental", uniqueKey: ["day", "id"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }';
  write(
    dir,
    "definitions/daily.sqlx",
    `${config}\nSELECT day, id, SUM(value) AS total FROM \${ref("raw", "events")} GROUP BY day, id\n`,
  );
  write(dir, "definitions/reader.sqlx", `${config}\nSELECT day, id, total * 2 AS twice FROM \${ref("daily")}\n`);
  await duckdb(
    warehouseOf(dir),
    "CREATE SCHEMA raw",
    `CREATE TABLE raw.events AS SELECT DATE '2010-01-01' + (d::INTEGER) AS day, i AS id, d + i AS value
       FROM range(${partitions}) p(d), range(20) r(i)`,
  );
  return dir;
}

/** A reference as a model writes it. */
const ref = (...names) => `\${ref(${names.map((name) => JSON.stringify(name)).join(", ")})}`;

/**
 * 365 days of events, three incremental models (one with a week's window) and five tables over them.
 * @param rows events in all
 * @param first the first of the days
 */
export async function events(rows, first = "2021-01-01") {
  const dir = emptyProject();
  declare(dir, "events");
  declare(dir, "users");
  const incremental = (lookback, key) =>
    `config { type: "incremental", uniqueKey: [${key}], bigquery: { partitionBy: "day", labels: { lookback_days: "${lookback}" } } }`;
  const source = ref("raw", "events");
  const models = {
    daily_users: `${incremental(0, '"day", "user_id"')}\nSELECT day, user_id, COUNT(*) AS events, SUM(amount) AS amount FROM ${source} GROUP BY day, user_id`,
    daily: `${incremental(0, '"day"')}\nSELECT day, COUNT(DISTINCT user_id) AS users, SUM(amount) AS amount FROM ${ref("daily_users")} GROUP BY day`,
    weekly: `${incremental(6, '"day"')}\nSELECT day, SUM(amount) OVER (ORDER BY UNIX_DATE(day) RANGE BETWEEN 6 PRECEDING AND CURRENT ROW) AS amount FROM ${ref("daily")}`,
    user_totals: `config { type: "table" }\nSELECT user_id, SUM(events) AS events, SUM(amount) AS amount FROM ${ref("daily_users")} GROUP BY user_id`,
    by_country: `config { type: "table" }\nSELECT u.country, SUM(t.amount) AS amount FROM ${ref("user_totals")} AS t JOIN ${ref("raw", "users")} AS u USING (user_id) GROUP BY u.country`,
    top_users: `config { type: "table" }\nSELECT user_id, amount FROM ${ref("user_totals")} ORDER BY amount DESC, user_id LIMIT 100`,
    monthly: `config { type: "table" }\nSELECT DATE_TRUNC(day, MONTH) AS month, SUM(amount) AS amount FROM ${ref("daily")} GROUP BY month`,
    best_week: `config { type: "table" }\nSELECT day, amount FROM ${ref("weekly")} ORDER BY amount DESC, day LIMIT 10`,
  };
  for (const [name, text] of Object.entries(models)) write(dir, `definitions/${name}.sqlx`, `${text}\n`);
  await duckdb(
    warehouseOf(dir),
    "CREATE SCHEMA raw",
    `CREATE TABLE raw.events AS SELECT DATE '${first}' + ((i * 365 // ${rows})::INTEGER) AS day, i AS event_id,
       (hash(i) % 5000)::BIGINT AS user_id, (hash(i + 1) % 1000)::BIGINT AS amount FROM range(${rows}) t(i)`,
    "CREATE TABLE raw.users AS SELECT i AS user_id, 'c' || (i % 40) AS country FROM range(5000) t(i)",
  );
  return dir;
}

/** This repository's own project, with a synthetic season loaded and nothing built. */
export function ownProject() {
  const dir = scratch();
  for (const name of ["definitions", "includes", "assertions", "dataform.json", "package.json"])
    if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(dir, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"));
  const loaders = { sample: join(ROOT, "dist/ingest/sample.js"), files: join(ROOT, "dist/ingest/files.js") };
  write(dir, "fastbreak.json", JSON.stringify({ stateDataset: "nba_orchestration", loaders }));
  fastbreak(dir, "load", "sample");
  return dir;
}

/** Runs a project until nothing is left to do and its file is old enough that its times tell that nobody has written to it. */
export function settle(dir, ...args) {
  fastbreak(dir, "run", ...args);
  for (let turn = 0; turn < 2; turn += 1) {
    // A file younger than 3 seconds may have been written again within what its clock tells apart.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4000);
    fastbreak(dir, "run", ...args);
  }
}

/** A copy of a project's warehouse, and how to put it back. */
export function kept(dir) {
  const aside = join(scratch(), "kept");
  cpSync(join(dir, ".fastbreak"), aside, { recursive: true });
  return () => {
    rmSync(join(dir, ".fastbreak"), { recursive: true, force: true });
    cpSync(aside, join(dir, ".fastbreak"), { recursive: true });
  };
}
