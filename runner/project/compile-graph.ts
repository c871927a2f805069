import type { CompileOutcome } from "./compile/graph-shape.js";
import type { ChildLimits } from "./compile/run-child.js";
import { findInputs, type InputOptions, isOf, isVolatile, originOf, tracedBy } from "./compile-inputs.js";
import type { ProjectProblem } from "./errors.js";
import { readProjectFiles } from "./files.js";
import { GRAPH_FORMAT_VERSION, readCachedGraph, writeCachedGraph } from "./graph-cache.js";

export interface GraphText {
  /** JSON, field by field and space by space as `dataform compile --json` prints it. */
  readonly json: string;
  /** The compile errors in the runner's words. */
  readonly problems: readonly ProjectProblem[];
}

/**
 * The compiled graph of a project: the kept one where nothing that a compile can read has changed, otherwise a new one. With compile
 * errors, or where the compile read the clock or randomness, none is kept; then it holds what could be compiled and, as `graphErrors`,
 * core's words for the rest.
 * @throws ProjectError when the project cannot be read, or there is no graph at all
 */
export async function compileGraph(options: InputOptions, limits: Partial<ChildLimits> = {}): Promise<GraphText> {
  const inputs = await findInputs(options, import.meta.url);
  const { projectDir, core, overrides, childPath } = inputs;
  const files = readProjectFiles(projectDir);
  const kept = readCachedGraph(projectDir);
  if (kept !== undefined && isOf(kept.origin, inputs, files, GRAPH_FORMAT_VERSION))
    return { json: kept.text, problems: [] };

  const [{ attemptCompile }, { DEFAULT_LIMITS }] = await Promise.all([
    import("./compile-project.js"),
    import("./compile/run-child.js"),
  ]);
  const { outcome, problems } = await attemptCompile({
    projectDir,
    core,
    overrides,
    filePaths: files.filePaths,
    childPath,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  const json = JSON.stringify(withoutHostFrames(outcome.graph), undefined, 2);
  const traced = problems.length > 0 || isVolatile(outcome) ? undefined : tracedBy(outcome, inputs, files);
  if (traced !== undefined)
    writeCachedGraph(projectDir, { origin: originOf(inputs, files, traced, GRAPH_FORMAT_VERSION), text: json });
  return { json, problems };
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
