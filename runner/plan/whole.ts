import type { PlanNode } from "../graph/node.js";

/**
 * Without a window, the dates of a model are those of the dated relations that it reads. A model that reads none, or only
 * models without known dates, cannot be split into dates: in such a request it is one partition, `*`.
 * @param actions in dependency order
 * @param isDated whether a relation that no action makes is partitioned by date
 */
export function wholeWhereDatesAreUnknown<Action extends { readonly node: PlanNode }>(
  actions: readonly Action[],
  isDated: (key: string) => boolean,
): readonly Action[] {
  const made = new Map<string, boolean>();
  return actions.map((action) => {
    const { key, partitioned, upstreams } = action.node;
    const dated = partitioned && upstreams.some((upstream) => made.get(upstream.key) ?? isDated(upstream.key));
    made.set(key, dated);
    return dated ? action : asWhole(action);
  });
}

/** The action as the single partition `*`. */
export function asWhole<Action extends { readonly node: PlanNode }>(action: Action): Action {
  return action.node.partitioned ? { ...action, node: { ...action.node, partitioned: false } } : action;
}
