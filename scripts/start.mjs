// npm start [-- [DIR] [--reload]]: the main job on the embedded engine. Loads the sample season, or public files, runs it, trains the
// model of it walking forward, and runs what the model changes. Again: nothing is loaded and nothing has to run.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isLoaded, loadedFrom, rememberLoaded } from "./loaded.mjs";
import { makeReady } from "./ready.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const words = process.argv.slice(2);
const isReloaded = words.includes("--reload");
const [folder] = words.filter((word) => word !== "--reload");
const LOAD = folder === undefined ? ["load", "sample"] : ["load", "files", resolve(folder)];
const RUN = folder === undefined ? ["run", "--from", "2021-10-19", "--to", "2021-11-15"] : ["run"];
const SERVED =
  "SELECT ml_model_id AS predicted_by, MIN(game_date) AS from_date, MAX(game_date) AS to_date, COUNT(*) AS predictions " +
  "FROM nba_predictions.xgboost_v1 GROUP BY ml_model_id ORDER BY from_date";
const warehouse = resolve(root, process.env.FASTBREAK_DATABASE || ".fastbreak/warehouse.duckdb");
const note = `${root}.fastbreak/loaded.json`;

makeReady();
tell(1, folder === undefined ? "A synthetic season to work with." : `The files of ${folder}.`);
const source = loadedFrom(`${root}dist/ingest/${folder === undefined ? "sample" : "files"}.js`, folder);
if (!isReloaded && isLoaded(note, warehouse, source))
  console.log("It is in the warehouse already; npm start -- --reload loads it again.");
else {
  step("fastbreak", ["bin/fastbreak.cjs", ...LOAD], LOAD);
  rememberLoaded(note, warehouse, source);
}
tell(2, "Analytics, features and predictions of it: what is new or changed runs.");
step("fastbreak", ["bin/fastbreak.cjs", ...RUN], RUN);
tell(3, "A model of its own, trained on what is known before each game.");
step("npm run train", ["dist/training/train.js"], [], true);
tell(4, "The same run again: only what the model has changed.");
step("fastbreak", ["bin/fastbreak.cjs", ...RUN], RUN);
tell(5, "Who predicted which dates.");
step("fastbreak", ["bin/fastbreak.cjs", "query", SERVED], ["query", `"SELECT ml_model_id AS predicted_by, ..."`]);
console.log(`
Next:
  alias fastbreak="node bin/fastbreak.cjs"
  fastbreak plan                         what would run now, and why
  fastbreak graph --select +xgboost_v1   what the predictions are made of
  edit definitions/analytics/player_game_summary.sqlx, then
  fastbreak diff player_game_summary     the rows that the edit would change`);

function tell(number, what) {
  console.log(`\n${number} of 5. ${what}`);
}

/** Runs a command; one that `mayFail` only tells why, such as a trainer that has too little to learn from. */
function step(name, command, words, mayFail = false) {
  console.log(`$ ${[name, ...words].join(" ")}`);
  const args = [...command, "--project-dir", root];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0 && !mayFail) process.exit(status ?? 1);
}
