// node scripts/fuzz-dialect.mjs [SCALE]: the fuzz test of the dialect with SCALE times its cases and a fresh seed; 40 make a million.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const [scale = "40"] = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--project", "unit-random", "runner/dialect/fuzz"],
  { cwd: root, stdio: "inherit", env: { ...process.env, FASTBREAK_FUZZ_SCALE: scale } },
);
process.exitCode = status ?? 70;
