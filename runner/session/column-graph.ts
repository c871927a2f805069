import type { Surroundings, Unchecked } from "../check/check-result.js";
import { ColumnGraph } from "../check/column-lineage.js";
import { UserError } from "../graph/user-error.js";
import type { Manifest } from "../project/manifest.js";
import type { Place } from "./place.js";

/** The columns of a project, and the actions whose columns nobody knows. */
export interface ProjectColumns {
  readonly graph: ColumnGraph;
  readonly unchecked: readonly Unchecked[];
}

/**
 * Finds out what every column of a project is made of, without running anything.
 * @throws UserError where the engine cannot tell
 */
export async function columnsOf(
  place: Place,
  manifest: Manifest,
  around: Omit<Surroundings, "inferred">,
): Promise<ProjectColumns> {
  const checker = await place.engine.checker?.();
  if (checker === undefined) throw new UserError(`--target ${place.engine.name} cannot tell what columns are made of`);
  const [{ checkProject }, { inferSources }] = await Promise.all([
    import("../check/check-project.js"),
    import("../infer/infer-sources.js"),
  ]);
  const inferred = inferSources(manifest, around.relations);
  const { relations, unchecked } = await checkProject(manifest, { ...around, inferred }, checker);
  return { graph: new ColumnGraph(relations), unchecked };
}
