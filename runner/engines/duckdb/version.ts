import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { version as duckdbVersion } from "@duckdb/node-api";
import { sha256 } from "../../port/digest-text.js";

let known: string | undefined;

/**
 * Digest of the code that turns GoogleSQL into results: the built files that hold dialect, runtime library and engine, which
 * `engine-files.json` beside them names, and the versions of DuckDB and S2, which stay outside of the build. Run from sources, where
 * nothing is built, it is a constant.
 */
export function engineVersion(): string {
  known ??= digestOfBuild();
  return known;
}

function digestOfBuild(): string {
  const files = builtFiles().flatMap((file) => ["\0", readFileSync(new URL(`./${file}`, import.meta.url))]);
  const s2 = createRequire(import.meta.url)("s2js/package.json") as { readonly version: string };
  return `duckdb-${sha256(duckdbVersion(), "\0", s2.version, ...files).slice(0, 16)}`;
}

function builtFiles(): readonly string[] {
  let text: string;
  try {
    text = readFileSync(new URL("./engine-files.json", import.meta.url), "utf8");
  } catch {
    return [];
  }
  return JSON.parse(text) as string[];
}
