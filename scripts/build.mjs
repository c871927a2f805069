// Builds dist/: the command line, the library, the child that compiles a project, and the loaders that fastbreak.json names.

import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  // Small packages are bundled, because reading and linking their files is most of a cold start. What stays outside is found
  // from the project (core) or is a native library.
  external: ["@dataform/core", "@duckdb/node-bindings"],
  alias: {
    // yargs measures help texts with it. It makes an Intl.Segmenter when it is loaded, which is most of a cold start.
    "string-width": "./scripts/text-width.mjs",
    // Its main file is UMD, whose own requires no bundler can follow.
    "jsonc-parser": "./node_modules/jsonc-parser/lib/esm/main.js",
  },
  // CommonJS packages inside an ES module still call require.
  banner: {
    js: 'import { createRequire as fastbreakRequire } from "node:module"; const require = fastbreakRequire(import.meta.url);',
  },
  logLevel: "warning",
};

await build({
  ...common,
  entryPoints: {
    main: "runner/main.ts",
    "api/index": "runner/api/index.ts",
    "api/loader": "runner/api/loader.ts",
    "ingest/sample": "ingest/sample.ts",
    "ingest/files": "ingest/files.ts",
    "training/train": "training/train.ts",
  },
  outdir: "dist",
  splitting: true,
  chunkNames: "[name]-[hash]",
});
await build({ ...common, entryPoints: { "compile-child": "runner/project/compile/child.ts" }, outdir: "dist" });
