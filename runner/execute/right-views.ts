import type { RunnableAction, SqlRead } from "../graph/action.js";
import type { Locate } from "../graph/locate.js";
import type { Transaction } from "../port/port.js";
import { type ComposeContext, composeUnrestricted } from "./compose.js";
import { locating } from "./located.js";

export interface ViewsContext {
  readonly views: ComposeContext["views"];
  readonly locate: Locate;
  /** Views whose query is known to be right, as the tables that they read are now. */
  readonly rightViews: ReadonlySet<string>;
}

/**
 * Asks the query of each view that stands in for its name whether it is right by itself. In the place of the name, what the query names
 * and no table of it has any more might be a column of the query around it.
 * @param reads what a query reads
 * @returns the views that were asked
 * @throws LocatedError at the place in the view's own file
 */
export async function requireRightViews(
  transaction: Pick<Transaction, "requireQuery">,
  reads: readonly SqlRead[],
  { views, locate, rightViews }: ViewsContext,
): Promise<readonly string[]> {
  const asked: string[] = [];
  for (const view of unsureViews(reads, views, rightViews)) {
    await locating(composeUnrestricted(view, undefined, views), locate, (sql) => transaction.requireQuery(sql));
    asked.push(view.node.key);
  }
  return asked;
}

/** The views that reads rest on and nobody is sure of; those that a view reads stand before it. */
function unsureViews(
  reads: readonly SqlRead[],
  views: ComposeContext["views"],
  sure: ReadonlySet<string>,
): ReadonlySet<RunnableAction> {
  const unsure = new Set<RunnableAction>();
  const collect = (from: readonly SqlRead[]): void => {
    for (const { key, isFixed } of from) {
      const view = views.get(key);
      if (view === undefined || isFixed || sure.has(key) || unsure.has(view)) continue;
      collect(view.reads);
      unsure.add(view);
    }
  };
  collect(reads);
  return unsure;
}
