import type { RunnableAction } from "./action.js";

/**
 * Whether whoever reads the action reads what its query gives now: a view, and an assertion, which stock Dataform leaves as a view and
 * this runner as nothing that could be read.
 */
export function isReadAsQuery({ type }: { readonly type: string }): boolean {
  return type === "view" || type === "assertion";
}

/** The actions whose query takes the place of their name in the queries that read them, by key. */
export function readQueries(actions: readonly RunnableAction[]): ReadonlyMap<string, RunnableAction> {
  return new Map(actions.filter(isReadAsQuery).map((action) => [action.node.key, action]));
}
