// Builds dist/: the command line, the library, the child that compiles a project, and the loaders that fastbreak.json names.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
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
  external: ["@dataform/core", "@duckdb/node-bindings", "@google-cloud/bigquery", "google-auth-library"],
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

const { metafile } = await build({
  ...common,
  metafile: true,
  entryPoints: {
    main: "runner/main.ts",
    "api/index": "runner/api/index.ts",
    "api/loader": "runner/api/loader.ts",
    "api/server": "runner/api/server.ts",
    "ingest/sample": "ingest/sample.ts",
    "ingest/files": "ingest/files.ts",
    "training/train": "training/train.ts",
  },
  outdir: "dist",
  splitting: true,
  chunkNames: "[name]-[hash]",
});
// What decides the result of a query: a build made with other files than these is another engine (runner/engines/duckdb/version.ts).
const decides = /^runner\/(dialect|googlesql|engines\/duckdb)\//;
const engineFiles = Object.entries(metafile.outputs)
  .filter(([, { inputs }]) => Object.keys(inputs).some((path) => decides.test(path)))
  .map(([path]) => path.replace(/^dist\//, ""))
  .concat("function-child.js", "function-broker.js")
  .sort();
// Each of these runs as a process or thread of its own.
await build({
  ...common,
  entryPoints: {
    "compile-child": "runner/project/compile/child.ts",
    "function-child": "runner/dialect/runtime/js/functions/child.ts",
    "function-broker": "runner/dialect/runtime/js/functions/broker.ts",
  },
  // Nothing in them calls require, and it would be a way out.
  banner: {},
  outdir: "dist",
});
// What runs in the browser, in pages that hold it whole.
await build({
  absWorkingDir: root,
  bundle: true,
  platform: "browser",
  format: "iife",
  target: ["chrome109", "firefox115", "safari16.4"],
  minify: true,
  charset: "ascii",
  jsx: "automatic",
  jsxImportSource: "preact",
  entryPoints: {
    main: "runner/report/page/browser/main.tsx",
    served: "runner/report/page/browser/served/main.tsx",
  },
  outdir: "dist/page",
  logLevel: "warning",
});
await build({
  absWorkingDir: root,
  minify: true,
  entryPoints: ["runner/report/page/browser/main.css"],
  outdir: "dist/page",
  logLevel: "warning",
});
await makeLibraryFile();
cpSync(`${root}runner/state/migrations`, `${root}dist/migrations`, { recursive: true });
writeFileSync(`${root}dist/engine-files.json`, JSON.stringify(engineFiles));
if (process.versions.node.startsWith("20.")) await makeOneScript();

/** The command line once more, as the one script whose compiled code Node 20 can take (bin/one-script.cjs). */
async function makeOneScript() {
  await build({
    ...common,
    format: "cjs",
    entryPoints: { main: "runner/main.ts" },
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    banner: { js: 'const fastbreakUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: { "import.meta.url": "fastbreakUrl" },
    // It is read whole, by every command, and as bytes.
    minifyWhitespace: true,
    legalComments: "none",
  });
  const text = readFileSync(`${root}dist/main.cjs`, "utf8");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what ASCII is.
  if (/[^\x00-\x7f]/.test(text)) throw new Error("dist/main.cjs is not ASCII; is there a String.raw that is not?");
  // Kept code cannot import modules: whoever runs it does.
  const script = text.replaceAll(/(?<![\w.$])import\(/g, "fastbreakImport(");
  // By this the kept code knows its text.
  const digest = createHash("sha256").update(script).digest("hex");
  writeFileSync(`${root}dist/main.cjs`, `${script}//${digest}`);
  // Whoever cannot keep the code loads the modules.
  spawnSync(process.execPath, [`${root}scripts/keep-code.cjs`], { stdio: "ignore" });
}

/** The function library as a file of DuckDB: a new warehouse copies it, which is far cheaper than to create it (library-file.ts). */
async function makeLibraryFile() {
  const outfile = `${root}dist/make-library.js`;
  await build({ ...common, entryPoints: ["runner/dialect/runtime/make-library.ts"], outfile });
  const { makeLibrary } = await import(pathToFileURL(outfile).href);
  await makeLibrary(`${root}dist`);
  rmSync(outfile);
}
