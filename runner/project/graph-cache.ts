import * as v from "valibot";
import type { CompileOrigin } from "./compile-inputs.js";
import { readSealed, type Sealed, writeSealed } from "./sealed-file.js";

/** Raise it when what is kept changes its form. */
export const GRAPH_FORMAT_VERSION = 1;

const GRAPH_FILE = "graph";

const originShape = v.object({ inputsDigest: v.string(), tracedFiles: v.array(v.string()) });

/** The text of the last compiled graph, and of what project it is; undefined: there is none. */
export function readCachedGraph(projectDir: string): Sealed<CompileOrigin> | undefined {
  return readSealed(projectDir, GRAPH_FILE, originShape);
}

/** Replaces the cached graph. */
export function writeCachedGraph(projectDir: string, graph: Sealed<CompileOrigin>): void {
  writeSealed(projectDir, GRAPH_FILE, graph);
}
