import { mkdirSync, realpathSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** The repository, from whose sources tests build and whose node_modules their projects use. */
export const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** Builds the compile child from the sources, as the release build does, and returns its path. */
export function buildCompileChild(): string {
  const folder = join(REPOSITORY, "node_modules", ".cache", "fastbreak-tests");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "compile-child.js");
  const temporary = join(folder, `compile-child.${process.pid}.mjs`);
  buildSync({
    entryPoints: [join(dirname(fileURLToPath(import.meta.url)), "../compile/child.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: temporary,
    logLevel: "silent",
  });
  renameSync(temporary, path);
  return realpathSync(path);
}
