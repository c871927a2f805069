import type { PathNode } from "../googlesql/ast.js";
import type { Catalog } from "../googlesql/catalog.js";
import { analysisError } from "../googlesql/errors.js";
import { foldDataset, foldProject } from "../googlesql/project-names.js";
import { quoteName, quotePath, TEMPORARY } from "./print/sql.js";

/** The parts of a name as they are written. */
export function names(path: PathNode): string[] {
  return path.parts.map((part) => part.name);
}

/** The DuckDB name of a relation that need not exist yet, in parts. */
export function targetPath(path: PathNode, { projects }: Pick<Catalog, "projects">, temporary = false): string[] {
  const parts = [...foldProject(names(path), projects?.home)];
  if (temporary || names(path).at(-2)?.toUpperCase() === "_SESSION") return [TEMPORARY, parts.at(-1) as string];
  if (parts.length < 2)
    throw analysisError(`Table "${parts[0]}" must be qualified with a dataset (e.g. dataset.table)`, path);
  return parts;
}

export function target(path: PathNode, catalog: Pick<Catalog, "projects">, temporary = false): string {
  return quotePath(targetPath(path, catalog, temporary));
}

/**
 * What has to run before a relation is made. The datasets of other projects are somebody else's, whom the warehouse stands in for: they
 * are there as soon as something is put into them.
 */
export function schemaOfOthers(path: PathNode, { projects }: Pick<Catalog, "projects">): string[] {
  const [dataset = ""] = foldProject(names(path), projects?.home);
  return dataset.includes(".") ? [`CREATE SCHEMA IF NOT EXISTS ${quoteName(dataset)}`] : [];
}

/** The DuckDB name of a dataset. */
export function targetSchema(path: PathNode, { projects }: Pick<Catalog, "projects">): string {
  return quoteName(foldDataset(names(path), projects?.home));
}
