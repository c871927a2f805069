import { type Relation, relationKey, type Transaction } from "../runner/api/index.js";
import type { ModelRows } from "./model-rows.js";

export const MODELS = { dataset: "nba_predictions", name: "ml_models" };
export const TREES = { dataset: "nba_predictions", name: "ml_model_trees" };

/**
 * Adds a model to the warehouse; one that is there already is left as it is.
 * @returns whether it was new
 */
export async function storeModel(transaction: Transaction, { modelId, model, nodes }: ModelRows): Promise<boolean> {
  const relations = await transaction.relations();
  const known = await transaction.latestRows({
    table: MODELS,
    columns: ["model_id"],
    key: ["model_id"],
    newestBy: ["trained_at"],
    where: { column: "model_id", values: [modelId], range: undefined },
  });
  if (known.length > 0) return false;
  await transaction.append(MODELS, columnsOf(relations.get(relationKey(MODELS))), [model]);
  await transaction.append(TREES, columnsOf(relations.get(relationKey(TREES))), nodes);
  return true;
}

function columnsOf(relation: Relation | undefined): Relation["columns"] {
  if (relation === undefined) throw new Error("the tables of models must exist before a model is stored");
  return relation.columns;
}
