/** The columns of prediction_worker_runs in order, each as `[type, description]`. */
const COLUMNS = {
  request_id: ["STRING", "Digest of date, player and attempt; the primary key"],
  worker_id: ["STRING", "The worker; NULL, because all players of a date are predicted together"],
  run_date: ["TIMESTAMP", "When the outcome was recorded"],
  player_lookup: ["STRING", "Player key"],
  universal_player_id: ["STRING", "Registry id; NULL if the player is not registered"],
  game_id: ["STRING", "YYYYMMDD_AWAY_HOME"],
  game_date: ["DATE", "Date of the game, US Eastern; the partition"],
  line_values_requested: ["ARRAY<FLOAT64>", "The actual line, else the estimate; empty without either"],
  success: ["BOOL", "At least one system predicted, or there was nothing to predict by decision"],
  duration_seconds: ["FLOAT64", "Not measured per player, NULL"],
  predictions_generated: ["INT64", "Active predictions of the player"],
  skip_reason: [
    "STRING",
    "player_inactive, not_on_slate, gate_failed, no_features, low_quality_features, invalid_features, features_unchanged, circuit_open or NULL",
  ],
  systems_attempted: ["ARRAY<STRING>", "Systems that were to predict"],
  systems_succeeded: ["ARRAY<STRING>", "Systems that predicted"],
  systems_failed: ["ARRAY<STRING>", "Systems without a result for the current features; too little data is no failure"],
  system_errors: ["JSON", "From failed system to error; NULL if none failed"],
  feature_quality_score: ["FLOAT64", "Quality of the feature row, 0-100"],
  missing_features: ["ARRAY<STRING>", "Features that are a default or missing"],
  feature_load_time_seconds: ["FLOAT64", "Not measured per player, NULL"],
  historical_load_time_seconds: ["FLOAT64", "Not measured per player, NULL"],
  data_load_seconds: ["FLOAT64", "Not measured per player, NULL"],
  prediction_compute_seconds: ["FLOAT64", "Not measured per player, NULL"],
  write_bigquery_seconds: ["FLOAT64", "Not measured per player, NULL"],
  pubsub_publish_seconds: ["FLOAT64", "Not measured per player, NULL"],
  historical_games_count: ["INT64", "Games that similarity compared"],
  error_message: ["STRING", "Why there is no prediction, or which system failed"],
  error_system: ["STRING", "The first failed system"],
  error_type: ["STRING", "FeatureLoadError, FeatureValidationError, ModelError, CircuitOpen or NULL"],
  circuit_breaker_triggered: ["BOOL", "A system was not computed because its circuit was open"],
  circuits_opened: ["ARRAY<STRING>", "Those systems"],
  worker_version: ["STRING", "Version of the outcome's rules"],
  trigger_source: ["STRING", "What started the run"],
  batch_id: ["STRING", "Digest of the player's active predictions"],
  retry_attempt: ["INT64", "0 for the first outcome of the player and date, one more for each changed one"],
  created_at: ["TIMESTAMP", "When the row was written"],
};

/** What makes an outcome a new one. Arrays are compared as text. */
const COMPARED = [
  "universal_player_id",
  "line_values_requested",
  "success",
  "predictions_generated",
  "skip_reason",
  "systems_failed",
  "feature_quality_score",
  "missing_features",
  "historical_games_count",
  "error_message",
  "circuits_opened",
  "batch_id",
];

const DESCRIPTIONS = Object.fromEntries(Object.entries(COLUMNS).map(([name, [, description]]) => [name, description]));

/** Columns of an outcome, without what numbering adds. */
const OUTCOME = Object.keys(COLUMNS).filter(
  (name) => !["request_id", "run_date", "retry_attempt", "created_at"].includes(name),
);

function comparable(row, name) {
  if (COLUMNS[name][0] === "ARRAY<FLOAT64>") return `TO_JSON_STRING(${row}.${name})`;
  return COLUMNS[name][0].startsWith("ARRAY") ? `ARRAY_TO_STRING(${row}.${name}, ',')` : `${row}.${name}`;
}

/** Whether two outcomes are the same. */
function same(fresh, earlier) {
  return COMPARED.map((name) => `${comparable(fresh, name)} IS NOT DISTINCT FROM ${comparable(earlier, name)}`).join(
    " AND ",
  );
}

/** The values of `outcome` in the order of the table, NULL of the right type for what is not known. */
function outcome(values) {
  return OUTCOME.map((name) => {
    const [type] = COLUMNS[name];
    return `${values[name] ?? (type.startsWith("ARRAY") ? `${type}[]` : `CAST(NULL AS ${type})`)} AS ${name}`;
  }).join(",\n    ");
}

/** The system ids of a condition `holds(system)` as an array, in the order of the systems. */
function systemsWhere(active, holds) {
  const items = active.map((system) => `IF(${holds(system)}, '${system.id}', '')`).join(", ");
  return `ARRAY(SELECT id FROM UNNEST([${items}]) AS id WITH OFFSET AS position WHERE id != '' ORDER BY position)`;
}

module.exports = { COLUMNS, DESCRIPTIONS, OUTCOME, same, outcome, systemsWhere };
