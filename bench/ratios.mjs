// The three ratios that fastbreak is held to, each measured side by side in this run:
//   no-op night : `fastbreak run` of one unchanged night  / bare node that opens the same database and runs one query
//   season      : `fastbreak run` of all phases over a season / the same final SQL sent straight to DuckDB
//   compile     : `fastbreak compile --json`               / `dataform compile --json` of the stock CLI
// Usage: node bench/ratios.mjs [FOLDER with a season in the public layouts; default: a synthetic season]

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const words = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const season = words[0] === undefined ? ["sample"] : ["files", resolve(words[0])];
const repeat = 5;
const WINDOW = ["--from", "2021-10-19", "--to", "2022-04-10"];
const NIGHT = ["--date", "2021-11-15"];

const dir = mkdtempSync(join(tmpdir(), "fastbreak-bench-"));
for (const name of ["definitions", "includes", "assertions", "dataform.json", "package.json"])
  cpSync(join(root, name), join(dir, name), { recursive: true });
symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
const loaders = { sample: join(root, "dist/ingest/sample.js"), files: join(root, "dist/ingest/files.js") };
writeFileSync(join(dir, "fastbreak.json"), JSON.stringify({ stateDataset: "nba_orchestration", loaders }));
const database = join(dir, ".fastbreak/warehouse.duckdb");

const fastbreak = (...args) => timed(process.execPath, [join(root, "bin/fastbreak.cjs"), ...args]);
const rows = [];

fastbreak("load", ...season);
const loaded = join(dir, "loaded.duckdb");
cpSync(database, loaded);

// Season: our run against the same SQL, each into a fresh copy of the loaded database.
fastbreak("run", ...WINDOW);
const statements = timed(process.execPath, [await built("final-sql"), dir, database, WINDOW[1], WINDOW[3]]).stdout;
const straight = await built("straight");
const statementFile = join(dir, "statements.json");
writeFileSync(statementFile, statements);
compare(
  "season",
  3,
  () => {
    restore();
    return fastbreak("run", ...WINDOW);
  },
  () => {
    restore();
    return timed(process.execPath, [straight, database, statementFile]);
  },
);

// No-op night.
fastbreak("run", ...WINDOW);
const bare = `const { DuckDBInstance } = await import("@duckdb/node-api");
const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
await connection.runAndReadAll("SELECT count(*) FROM nba_analytics.player_game_summary WHERE game_date = DATE '2021-11-15'");`;
compare(
  "no-op night",
  repeat,
  () => fastbreak("run", ...NIGHT),
  () => timed(process.execPath, ["--input-type=module", "-e", bare, database]),
);

// Compile: this repository itself, because the stock CLI does not find packages behind a symbolic link.
compare(
  "compile",
  3,
  () => fastbreak("compile", "--json", "--project-dir", root),
  () => timed(process.execPath, [join(root, "node_modules/@dataform/cli/bundle.js"), "compile", "--json", root]),
);

rmSync(dir, { recursive: true, force: true });
for (const { name, ours, theirs } of rows) {
  console.log(
    `${name.padEnd(12)} ${(ours / theirs).toFixed(2)}x   ${Math.round(ours)} ms against ${Math.round(theirs)} ms`,
  );
}

/** Builds one of this folder's TypeScript files beside the runner, whose compile child it needs. */
async function built(name) {
  const outfile = join(root, `dist/bench/${name}.js`);
  await build({
    entryPoints: [join(root, `bench/${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  return outfile;
}

/** Median times of both, taken in turns so that the machine's mood hits both alike. */
function compare(name, times, ours, theirs) {
  const taken = { ours: [], theirs: [] };
  for (let index = 0; index < times; index += 1) {
    taken.ours.push(ours().milliseconds);
    taken.theirs.push(theirs().milliseconds);
  }
  rows.push({ name, ours: median(taken.ours), theirs: median(taken.theirs) });
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function restore() {
  rmSync(`${database}.wal`, { force: true });
  cpSync(loaded, database);
}

function timed(file, args) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: dir, encoding: "utf8", maxBuffer: 1 << 28 });
  const milliseconds = performance.now() - started;
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  return { milliseconds, stdout };
}
