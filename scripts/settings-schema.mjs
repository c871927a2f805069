// Writes schemas/fastbreak.schema.json from the schema that the runner checks fastbreak.json with.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const built = `${root}node_modules/.cache/settings-json-schema.mjs`;
await build({
  absWorkingDir: root,
  entryPoints: ["runner/project/settings-json-schema.ts"],
  bundle: true,
  platform: "node",
  format: "esm",
  outfile: built,
});
const { settingsJsonSchema } = await import(built);
writeFileSync(`${root}schemas/fastbreak.schema.json`, settingsJsonSchema());
