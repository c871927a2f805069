import { findCompileChild } from "./compile/find-child.js";
import type { CompileOutcome, StockGraph } from "./compile/graph-shape.js";
import type { ProjectOverrides } from "./compile/protocol.js";
import { type ChildLimits, DEFAULT_LIMITS } from "./compile/run-child.js";
import { attemptCompile } from "./compile-project.js";
import type { OnFetch } from "./core-cache.js";
import { findCore } from "./core-package.js";
import type { ProjectProblem } from "./errors.js";
import { readProjectFiles } from "./files.js";
import { findProject } from "./settings.js";

/**
 * The compiled graph of a project, field by field as `dataform compile --json` prints it; with compile errors it holds what could be
 * compiled and, as `graphErrors`, core's words for the rest.
 * @param childPath the built compile child
 * @param onFetch is given a line before a release of core is fetched
 * @returns the graph and its compile errors in the runner's words
 * @throws ProjectError when the project cannot be read, or there is no graph at all
 */
export async function compileGraph(
  dir: string,
  overrides: ProjectOverrides,
  childPath = findCompileChild(),
  limits: Partial<ChildLimits> = {},
  onFetch?: OnFetch,
): Promise<{ readonly graph: StockGraph; readonly problems: readonly ProjectProblem[] }> {
  const projectDir = findProject(dir);
  const { outcome, problems } = await attemptCompile({
    projectDir,
    core: await findCore(projectDir, onFetch),
    overrides,
    filePaths: readProjectFiles(projectDir).filePaths,
    childPath,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  // attemptCompile has checked this very object against the shape.
  return { graph: withoutHostFrames(outcome.graph) as StockGraph, problems };
}

/** Stacks of core's errors without the runner's own frames: they name files of the machine. */
function withoutHostFrames(graph: CompileOutcome["graph"]): CompileOutcome["graph"] {
  const { compilationErrors } = (graph.graphErrors ?? {}) as { compilationErrors?: readonly { stack?: unknown }[] };
  if (compilationErrors === undefined) return graph;
  const cleaned = compilationErrors.map((error) => {
    if (typeof error.stack !== "string") return error;
    const lines = error.stack.split("\n").filter((line) => !/^\s+at .*(?:file:\/\/|sandbox:|node:)/.test(line));
    return { ...error, stack: lines.join("\n") };
  });
  return { ...graph, graphErrors: { ...(graph.graphErrors as object), compilationErrors: cleaned } };
}
