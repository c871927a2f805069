// Builds dist/: the command line, the child that compiles a project, and the loaders that fastbreak.json names.
import { cpSync, rmSync } from "node:fs";
import { build } from "esbuild";

const root = new URL("../", import.meta.url).pathname;
rmSync(`${root}dist`, { recursive: true, force: true });

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
};

await build({
  ...common,
  entryPoints: { main: "runner/main.ts" },
  outdir: "dist",
  splitting: true,
  chunkNames: "[name]-[hash]",
});
await build({ ...common, entryPoints: { "compile-child": "runner/project/compile/child.ts" }, outdir: "dist" });
await build({
  ...common,
  entryPoints: { sample: "ingest/sample.ts", files: "ingest/files.ts" },
  outdir: "dist/ingest",
  splitting: true,
});
cpSync(`${root}runner/state/migrations`, `${root}dist/migrations`, { recursive: true });
