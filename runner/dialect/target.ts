import type { PathNode } from "../googlesql/ast.js";
import { analysisError } from "../googlesql/errors.js";
import { quotePath } from "./print/sql.js";

/** The parts of a name as they are written. */
export function names(path: PathNode): string[] {
  return path.parts.map((part) => part.name);
}

/** The DuckDB name of a relation that need not exist yet, in parts: the project of a three-part path is the warehouse's own. */
export function targetPath(path: PathNode, temporary = false): string[] {
  const parts = names(path).slice(-2);
  if (temporary || parts[0]?.toUpperCase() === "_SESSION") return ["temp", parts.at(-1) as string];
  if (parts.length < 2)
    throw analysisError(`Table "${parts[0]}" must be qualified with a dataset (e.g. dataset.table)`, path);
  return parts;
}

export function target(path: PathNode, temporary = false): string {
  return quotePath(targetPath(path, temporary));
}
