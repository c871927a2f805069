// npm run conformance:rest -- FILE.jsonl ..: builds the replay into the cache and runs it.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const outfile = `${root}node_modules/.cache/conformance/rest.mjs`;
await build({
  absWorkingDir: root,
  entryPoints: ["tools/conformance/rest.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 70;
