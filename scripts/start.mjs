// npm start: the main job on the embedded engine. Loads the sample season and runs a window of it; again: nothing has to run.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { makeReady } from "./ready.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const SAMPLE = ["load", "sample"];
const WINDOW = ["run", "--from", "2021-10-19", "--to", "2021-11-15"];

makeReady();
for (const args of [SAMPLE, WINDOW]) {
  console.log(`\n$ fastbreak ${args.join(" ")}`);
  const { status } = spawnSync(process.execPath, ["bin/fastbreak.cjs", ...args, "--project-dir", root], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
