// npm run conformance -- FILE.jsonl .., npm run conformance:rest -- FILE.jsonl ..: builds a tool of tools/conformance into the cache and runs it.
// Usage: node scripts/conformance.mjs score|rest FILE.jsonl ..

import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { makeReady } from "./ready.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const [tool, ...args] = process.argv.slice(2);
makeReady();
const outfile = `${root}node_modules/.cache/conformance/${tool}.mjs`;
await build({
  absWorkingDir: root,
  entryPoints: [`tools/conformance/${tool}.ts`],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
// JavaScript functions run in processes of their own, which are looked for beside the bundle.
for (const child of ["function-child.js", "function-broker.js"])
  copyFileSync(`${root}dist/${child}`, fileURLToPath(new URL(child, `file://${outfile}`)));
const { status } = spawnSync(process.execPath, [outfile, ...args], { stdio: "inherit" });
process.exitCode = status ?? 70;
