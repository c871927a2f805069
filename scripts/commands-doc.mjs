// Writes docs/commands.md from the flags of every command.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const built = `${root}node_modules/.cache/commands-doc.mjs`;
await build({
  absWorkingDir: root,
  entryPoints: ["runner/commands/arguments/commands-doc.ts"],
  bundle: true,
  platform: "node",
  format: "esm",
  external: ["@dataform/core", "@duckdb/node-bindings"],
  alias: { "string-width": "./scripts/text-width.mjs", "jsonc-parser": "./node_modules/jsonc-parser/lib/esm/main.js" },
  banner: {
    js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
  },
  outfile: built,
});
const { commandsDoc } = await import(built);
writeFileSync(`${root}docs/commands.md`, await commandsDoc());
