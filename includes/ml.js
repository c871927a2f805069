/** The tables of trained models, and walking their trees in SQL. Columns are `name: [type, description]`. */

/** Trees are at most this deep; training makes no deeper ones. */
const MAX_DEPTH = 6;

const MODEL_COLUMNS = {
  model_id: ["STRING", "System, last date of data and hash"],
  system_id: ["STRING", "The prediction system that the model serves"],
  feature_version: ["STRING", "Version of the feature vector"],
  feature_names: ["STRING", "Names of the features in index order, comma-separated"],
  training_from: ["DATE", "First game date that trees were fitted to"],
  training_to: ["DATE", "Last game date that trees were fitted to"],
  validation_from: ["DATE", "First game date that decided when to stop"],
  validation_to: ["DATE", "Last game date that decided when to stop"],
  data_through: ["DATE", "Last game date that training saw; the model serves later dates only"],
  training_rows: ["INT64", "Player-games that trees were fitted to"],
  validation_rows: ["INT64", "Player-games that decided when to stop"],
  training_data_hash: ["STRING", "Hash of the rows that training read"],
  objective: ["STRING", "The loss that was minimised"],
  parameters: ["STRING", "Parameters of the training, as JSON text"],
  seed: ["INT64", "Seed of the random samples"],
  last_5_weight: ["NUMERIC", "Weight of points_avg_last_5 in the prediction before the first tree"],
  last_10_weight: ["NUMERIC", "Weight of points_avg_last_10 in it"],
  season_weight: ["NUMERIC", "Weight of points_avg_season in it"],
  base_score: ["NUMERIC", "Points added to the weighted averages"],
  tree_count: ["INT64", "Trees kept, up to the lowest validation error"],
  trees_grown: ["INT64", "Trees grown before training stopped"],
  training_mae: ["FLOAT64", "Mean absolute error on the training rows, points"],
  validation_mae: ["FLOAT64", "Mean absolute error on the validation rows, points"],
  baseline_validation_mae: ["FLOAT64", "The same error of the season average"],
  data_hash: ["STRING", "Hash of base score and trees"],
  trained_at: ["TIMESTAMP", "When the model was trained"],
};

const TREE_COLUMNS = {
  model_id: ["STRING", "Model in ml_models"],
  tree_index: ["INT64", "0 for the first tree"],
  node_id: ["INT64", "0 for the root"],
  feature_index: ["INT64", "Index in the feature vector; NULL for a leaf"],
  threshold: ["NUMERIC", "At most this goes left; NULL for a leaf"],
  left_node: ["INT64", "Node on the left; NULL for a leaf"],
  right_node: ["INT64", "Node on the right; NULL for a leaf"],
  leaf_value: ["NUMERIC", "Points that the tree adds; NULL for a split"],
  gain: ["FLOAT64", "How much the split lowers the loss; NULL for a leaf"],
  node_rows: ["INT64", "Training rows that reached the node"],
};

function columnDocs(columns) {
  return Object.fromEntries(Object.entries(columns).map(([name, [, description]]) => [name, description]));
}

function names(columns) {
  return Object.keys(columns).join(", ");
}

/** A query that returns no row, with the columns' names and types. */
function emptyTable(columns) {
  const nulls = Object.entries(columns).map(([name, [type]]) => `CAST(NULL AS ${type}) AS ${name}`);
  return `SELECT * FROM (\n  SELECT\n    ${nulls.join(",\n    ")}\n) WHERE FALSE`;
}

/**
 * One step down each tree, as a query over `previous` (rows with identity columns, `features`, `model_id`, `tree_index` and
 * `node_id`): the next node's id, or the same one at a leaf.
 */
function step(previous, nodes, identity) {
  return `SELECT
    ${identity.map((column) => `place.${column}`).join(", ")}, place.features, place.model_id, place.tree_index,
    IF(
      node.threshold IS NULL,
      place.node_id,
      IF(ROUND(CAST(place.features[SAFE_OFFSET(node.feature_index)] AS NUMERIC), 6) <= node.threshold, node.left_node, node.right_node)
    ) AS node_id
  FROM ${previous} AS place
  JOIN ${nodes} AS node
    ON node.model_id = place.model_id AND node.tree_index = place.tree_index AND node.node_id = place.node_id`;
}

module.exports = { MAX_DEPTH, MODEL_COLUMNS, TREE_COLUMNS, columnDocs, names, emptyTable, step };
