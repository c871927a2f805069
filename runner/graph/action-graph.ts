import type { RunnableAction, RunnableProject } from "./action.js";
import { isRoutineKey } from "./routine-key.js";

/** What is drawn of one action or source. */
export interface GraphNodeFacts {
  readonly key: string;
  /** `source`: declared, or read without being declared. */
  readonly type: RunnableAction["type"] | "source";
  readonly file: string | undefined;
  readonly tags: readonly string[];
  /** Keys of what it reads or waits for, in the order in which it names them; only those that are drawn too. */
  readonly upstreams: readonly string[];
}

/**
 * Some actions of a project with the sources that they read, as nodes in dependency order: sources first.
 * @param selected in dependency order
 */
export function actionGraph(project: RunnableProject, selected: readonly RunnableAction[]): GraphNodeFacts[] {
  const made = new Set(project.actions.map(({ node }) => node.key));
  const drawn = new Set(selected.map(({ node }) => node.key));
  const sources = new Set<string>();
  const nodes = selected.map((action): GraphNodeFacts => {
    const named = [...action.reads.map(({ key }) => key), ...action.dependencies];
    const upstreams = [...new Set(named)].filter((key) => key !== action.node.key && !isRoutineKey(key));
    for (const key of upstreams) if (!made.has(key)) sources.add(key);
    return {
      key: action.node.key,
      type: action.type,
      file: action.fileName,
      tags: action.tags,
      upstreams: upstreams.filter((key) => drawn.has(key) || !made.has(key)),
    };
  });
  const before = [...sources].map(
    (key): GraphNodeFacts => ({
      key,
      type: "source",
      file: undefined,
      tags: [],
      upstreams: [],
    }),
  );
  return [...before, ...nodes];
}
