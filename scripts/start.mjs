// npm start [-- DIR]: the main job on the embedded engine. Loads the sample season, or public files, runs it, trains the model of
// it walking forward, and runs what the model changes. Again: nothing has to run.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { makeReady } from "./ready.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const [folder] = process.argv.slice(2);
const LOAD = folder === undefined ? ["load", "sample"] : ["load", "files", resolve(folder)];
const RUN = folder === undefined ? ["run", "--from", "2021-10-19", "--to", "2021-11-15"] : ["run"];
const SERVED =
  "SELECT ml_model_id AS predicted_by, MIN(game_date) AS from_date, MAX(game_date) AS to_date, COUNT(*) AS predictions " +
  "FROM nba_predictions.xgboost_v1 GROUP BY ml_model_id ORDER BY from_date";

makeReady();
step("fastbreak", ["bin/fastbreak.cjs", ...LOAD], LOAD);
step("fastbreak", ["bin/fastbreak.cjs", ...RUN], RUN);
step("npm run train", ["dist/training/train.js"], [], true);
step("fastbreak", ["bin/fastbreak.cjs", ...RUN], RUN);
step("fastbreak", ["bin/fastbreak.cjs", "query", SERVED], ["query", `"${SERVED}"`]);

/** Runs a command; one that `mayFail` only tells why, such as a trainer that has too little to learn from. */
function step(name, command, words, mayFail = false) {
  console.log(`\n$ ${[name, ...words].join(" ")}`);
  const args = [...command, "--project-dir", root];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0 && !mayFail) process.exit(status ?? 1);
}
