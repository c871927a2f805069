import type { LoadedProject, LoadOptions } from "../project/load-project.js";
import type { Place } from "./place.js";

/**
 * Loads the project of a place: its stored manifest, or a compile.
 * @throws ProjectError when it does not compile
 */
export async function loadPlace(
  { projectDir, overrides, compileTimeoutMs }: Place,
  warehouseManifest?: LoadOptions["warehouseManifest"],
): Promise<LoadedProject> {
  const { loadProject } = await import("../project/load-project.js");
  return loadProject({
    projectDir,
    overrides,
    ...(compileTimeoutMs === undefined ? {} : { limits: { timeoutMs: compileTimeoutMs } }),
    ...(warehouseManifest === undefined ? {} : { warehouseManifest }),
  });
}
