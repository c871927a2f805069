import { digest16 } from "../ingest/data-hash.js";
import type { RowObject } from "../runner/api/index.js";
import type { BoostedTrees } from "./model.js";
import type { TrainedModel } from "./train-model.js";

/** Columns of `ml_models` with the weights of the baseline, in the order of its features. */
const BASELINE_COLUMNS = ["last_5_weight", "last_10_weight", "season_weight"] as const;

export interface ModelRows {
  readonly modelId: string;
  /** The row of `ml_models`. */
  readonly model: RowObject;
  /** The rows of `ml_model_trees`. */
  readonly nodes: readonly RowObject[];
}

/** What the warehouse knows of the features that were learned from. */
export interface FeatureSet {
  readonly version: string;
  readonly names: readonly string[];
}

/** The rows that record and serve a model. Equal trees have an equal id and hash. */
export function modelRows(trained: TrainedModel, systemId: string, features: FeatureSet, trainedAt: Date): ModelRows {
  const { result, options, training, validation } = trained;
  const hash = digest16(JSON.stringify(result.model));
  const modelId = `${systemId}_${validation.to.replaceAll("-", "")}_${hash.slice(0, 8)}`;
  const last = result.history.at(-1);
  const { seed, ...parameters } = options;
  return {
    modelId,
    nodes: nodeRows(modelId, result.model),
    model: {
      model_id: modelId,
      system_id: systemId,
      feature_version: features.version,
      feature_names: features.names.join(","),
      training_from: training.from,
      training_to: training.to,
      validation_from: validation.from,
      validation_to: validation.to,
      data_through: validation.to,
      training_rows: training.rows,
      validation_rows: validation.rows,
      training_data_hash: trained.dataHash,
      objective: "absolute_error",
      parameters: JSON.stringify(parameters),
      seed,
      ...Object.fromEntries(
        BASELINE_COLUMNS.map((name, index) => [name, decimal((result.model.baseline[index] ?? 0) * 1000)]),
      ),
      base_score: decimal(result.model.baseScore),
      tree_count: result.model.trees.length,
      trees_grown: result.grown,
      training_mae: last?.training ?? null,
      validation_mae: last?.validation ?? null,
      baseline_validation_mae: trained.baselineError,
      data_hash: hash,
      trained_at: `${trainedAt.toISOString().slice(0, 23).replace("T", " ")}+00:00`,
    },
  };
}

function nodeRows(modelId: string, { trees }: BoostedTrees): RowObject[] {
  return trees.flatMap((tree, treeIndex) =>
    tree.map((node, nodeId) => ({
      model_id: modelId,
      tree_index: treeIndex,
      node_id: nodeId,
      feature_index: node.kind === "split" ? node.feature : null,
      threshold: node.kind === "split" ? decimal(node.threshold) : null,
      left_node: node.kind === "split" ? node.left : null,
      right_node: node.kind === "split" ? node.right : null,
      leaf_value: node.kind === "leaf" ? decimal(node.value) : null,
      gain: node.kind === "split" ? node.gain : null,
      node_rows: node.rows,
    })),
  );
}

/** Micros as a NUMERIC's decimal text. */
function decimal(micros: number): string {
  const digits = String(Math.abs(micros)).padStart(7, "0");
  return `${micros < 0 ? "-" : ""}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
