import * as v from "valibot";
import type { Manifest } from "./manifest.js";
import { readSealed, type Sealed, writeSealed } from "./sealed-file.js";

const MANIFEST_FILE = "manifest";

const originShape = v.object({
  inputsDigest: v.string(),
  compileVolatile: v.boolean(),
  tracedFiles: v.array(v.string()),
});
/** What tells of which project a manifest is, and whether it holds for longer than the run that made it. */
export type ManifestOrigin = v.InferOutput<typeof originShape>;

/** The manifest of the last compile, as JSON text; undefined when there is none as it was written. */
export function readCachedManifest(projectDir: string): Sealed<ManifestOrigin> | undefined {
  return readSealed(projectDir, MANIFEST_FILE, originShape);
}

/** Replaces the cached manifest. */
export function writeCachedManifest(projectDir: string, manifest: Manifest): void {
  const { inputsDigest, compileVolatile, tracedFiles } = manifest;
  const origin = { inputsDigest, compileVolatile, tracedFiles };
  writeSealed(projectDir, MANIFEST_FILE, { origin, text: JSON.stringify(manifest) });
}
