import { findCompileChild } from "./compile/find-child.js";
import type { StockGraph } from "./compile/graph-shape.js";
import type { ProjectOverrides } from "./compile/protocol.js";
import { type ChildLimits, DEFAULT_LIMITS } from "./compile/run-child.js";
import { compileProject } from "./compile-project.js";
import { findCore } from "./core-package.js";
import { readProjectFiles } from "./files.js";
import { findProject } from "./settings.js";

/**
 * The compiled graph of a project, field by field as `dataform compile --json` prints it.
 * @param childPath the built compile child
 * @throws ProjectError when the project cannot be read or compiled
 */
export async function compileGraph(
  dir: string,
  overrides: ProjectOverrides,
  childPath = findCompileChild(),
  limits: Partial<ChildLimits> = {},
): Promise<StockGraph> {
  const projectDir = findProject(dir);
  const { outcome } = await compileProject({
    projectDir,
    core: await findCore(projectDir),
    overrides,
    filePaths: readProjectFiles(projectDir).filePaths,
    childPath,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  // compileProject has checked this very object against the shape.
  return outcome.graph as StockGraph;
}
