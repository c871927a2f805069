import { quoteKey } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import { type Relation, relationKey, rowColumnNames, type Transaction, type Warehouse } from "../port/port.js";
import { compareRelations } from "./compare.js";
import { type DiffOptions, emptyDiff, keyOf } from "./diff-aside.js";
import type { TableDiff } from "./table-diff.js";

/** One action of two environments: what it is called in the one that is compared with, and in the other one. */
export interface EnvironmentPair {
  readonly before: RunnableAction | undefined;
  readonly after: RunnableAction;
}

/** How the relations of one environment differ from those of another one, as both stand; nothing is built. */
export async function diffStanding(
  warehouse: Warehouse,
  pairs: readonly EnvironmentPair[],
  options: Pick<DiffOptions, "key" | "samples" | "onAction">,
): Promise<readonly TableDiff[]> {
  return warehouse.transaction(async (transaction) => {
    const relations = await transaction.relations();
    const diffs: TableDiff[] = [];
    for (const [index, { before, after }] of pairs.entries()) {
      options.onAction(after.node.key, index, pairs.length);
      const was = before === undefined ? undefined : relations.get(relationKey(before.target));
      const is = relations.get(relationKey(after.target));
      diffs.push(await differenceOf(transaction, after, was, is, options));
    }
    return diffs;
  });
}

async function differenceOf(
  transaction: Transaction,
  action: RunnableAction,
  was: Relation | undefined,
  is: Relation | undefined,
  { key, samples }: Pick<DiffOptions, "key" | "samples">,
): Promise<TableDiff> {
  const by = keyOf(action, is ?? was, key);
  const empty = emptyDiff(action, by);
  if (was === undefined && is === undefined) return { ...empty, notes: ["it is in neither environment"] };
  if (was === undefined || is === undefined) {
    const rows = await countRows(transaction, was ?? is);
    return was === undefined
      ? { ...empty, status: "new", rows: { ...empty.rows, after: rows, added: rows } }
      : { ...empty, status: "gone", rows: { ...empty.rows, before: rows, removed: rows } };
  }
  const side = (relation: Relation) => ({ from: quoteKey(relationKey(relation.id)), columns: relation.columns });
  const ignored = rowColumnNames(action.rowColumns);
  return {
    key: action.node.key,
    type: action.type,
    ...(await compareRelations(transaction, side(was), side(is), { key: by, ignored, samples })),
  };
}

async function countRows(transaction: Transaction, relation: Relation | undefined): Promise<number> {
  if (relation === undefined) return 0;
  const { rows } = await transaction.query(`SELECT COUNT(*) FROM ${quoteKey(relationKey(relation.id))}`);
  return Number(rows[0]?.[0] ?? 0);
}
