import { type LoadedProject, type LoadOptions, loadProject } from "../project/load-project.js";
import type { Place } from "./place.js";

/**
 * Loads the project of a place: its stored manifest, or a compile.
 * @throws ProjectError when it does not compile
 */
export function loadPlace(
  { projectDir, overrides, compileTimeoutMs, onNote }: Place,
  { warehouseManifest, onCompile }: Pick<LoadOptions, "warehouseManifest" | "onCompile"> = {},
): Promise<LoadedProject> {
  return loadProject({
    projectDir,
    overrides,
    ...(compileTimeoutMs === undefined ? {} : { limits: { timeoutMs: compileTimeoutMs } }),
    ...(onNote === undefined ? {} : { onFetch: onNote }),
    ...(warehouseManifest === undefined ? {} : { warehouseManifest }),
    ...(onCompile === undefined ? {} : { onCompile }),
  });
}
