// npm run train: trains a model for xgboost_v1 from the feature store of a warehouse.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { makeReady } from "./ready.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

makeReady();
const { status } = spawnSync(process.execPath, [`${root}dist/training/train.js`, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
