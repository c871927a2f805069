import { readFileSync } from "node:fs";
import { type Manifest, type ManifestOrigin, parseManifestOrigin } from "./manifest.js";
import { inRunnerFolder, replaceInRunnerFolder } from "./runner-folder.js";

const MANIFEST_FILE = "manifest.json";

/** The manifest of the last compile, only its origin looked at; undefined when there is none that can be read. */
export function readCachedManifest(projectDir: string): ManifestOrigin | undefined {
  try {
    return parseManifestOrigin(JSON.parse(readFileSync(inRunnerFolder(projectDir, MANIFEST_FILE), "utf8")));
  } catch {
    return undefined;
  }
}

/** Replaces the cached manifest. */
export function writeCachedManifest(projectDir: string, manifest: Manifest): void {
  replaceInRunnerFolder(projectDir, MANIFEST_FILE, JSON.stringify(manifest));
}
