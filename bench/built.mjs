import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./measure.mjs";

/** Builds one of this folder's TypeScript files beside the runner, whose compile child it needs. */
export async function built(name) {
  const outfile = join(ROOT, `dist/bench/${name}.js`);
  await build({
    entryPoints: [join(ROOT, `bench/${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  return outfile;
}
