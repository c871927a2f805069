import type { RunnableAction, RunnableProject } from "../graph/action.js";
import { UserError } from "../graph/user-error.js";

/**
 * What the runner knows of builds stands in tables of a dataset of its own: whoever writes there makes it know nothing, or what is wrong.
 * @throws UserError for an action that makes or changes a relation in that dataset
 */
export function refuseStateDataset(project: RunnableProject, stateDataset: string): void {
  const own = stateDataset.toLowerCase();
  const isOwn = (key: string) => key.slice(0, key.lastIndexOf(".")).toLowerCase() === own;
  const problems = project.actions.flatMap((action) => {
    const written = [...(leavesRelation(action) ? [action.node.key] : []), ...action.writes].find(isOwn);
    if (written === undefined) return [];
    return [
      `${action.fileName}: ${written} lies in ${stateDataset}, the dataset of the runner's own tables; give it another schema, or name another stateDataset in fastbreak.json`,
    ];
  });
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}

function leavesRelation({ node, hasOutput }: RunnableAction): boolean {
  return node.kind === "model" || node.kind === "view" || (node.kind === "operation" && hasOutput);
}
