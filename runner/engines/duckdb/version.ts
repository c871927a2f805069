import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { version as duckdbVersion } from "@duckdb/node-api";
import { sha256 } from "../../port/digest-text.js";

let known: string | undefined;

/**
 * Digest of the code that turns GoogleSQL into results: the built files that hold dialect, runtime library and engine, which
 * `engine-files.json` beside them names, and the versions of DuckDB, S2 and the public suffix list, which stay outside of the build. Run from sources, where
 * nothing is built, it is a constant.
 */
export function engineVersion(): string {
  known ??= digestOfBuild();
  return known;
}

function digestOfBuild(): string {
  const files = builtFiles().flatMap((file) => ["\0", readFileSync(new URL(`./${file}`, import.meta.url))]);
  const load = createRequire(import.meta.url);
  const versionOf = (name: string) => (load(`${name}/package.json`) as { readonly version: string }).version;
  const outside = [versionOf("s2js"), versionOf("tldts")].join("\0");
  return `duckdb-${sha256(duckdbVersion(), "\0", outside, ...files).slice(0, 16)}`;
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
