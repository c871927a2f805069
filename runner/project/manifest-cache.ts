import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, parseManifest } from "./manifest.js";

/** The runner's own folder in a project; never part of it. */
export const RUNNER_FOLDER = ".fastbreak";
const MANIFEST_FILE = "manifest.json";

/** The manifest of the last compile; undefined when there is none that can be read. */
export function readCachedManifest(projectDir: string): Manifest | undefined {
  try {
    return parseManifest(JSON.parse(readFileSync(join(projectDir, RUNNER_FOLDER, MANIFEST_FILE), "utf8")));
  } catch {
    return undefined;
  }
}

/** Replaces the cached manifest: whoever reads it, even after a crash, sees the old one or the new one. */
export function writeCachedManifest(projectDir: string, manifest: Manifest): void {
  const folder = join(projectDir, RUNNER_FOLDER);
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `${MANIFEST_FILE}.${process.pid}.tmp`);
  try {
    const file = openSync(temporary, "w");
    try {
      writeSync(file, JSON.stringify(manifest));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, join(folder, MANIFEST_FILE));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
