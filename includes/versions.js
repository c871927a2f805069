/**
 * Versions of a prediction (docs/predictions.md): a changed result is a new row, the row before it stays and points to it.
 */
const { digest16 } = require("./hashing");

/** The columns of player_prop_predictions in order, `name: description`. */
const COLUMNS = {
  prediction_id: "Digest of date, player, system and version; the primary key",
  system_id: "moving_average_v1, zone_matchup_v1, similarity_balanced_v1, xgboost_v1 or ensemble_v1",
  player_lookup: "Player key: lower-case letters and digits of the name",
  universal_player_id: "Registry id; NULL if the player is not registered",
  game_date: "Date of the game, US Eastern; the partition",
  prediction_date: "The same date, under the name that reports use",
  game_id: "YYYYMMDD_AWAY_HOME, for example 20211115_CHI_LAL",
  prediction_version: "1, and one more for each changed result",
  predicted_points: "0-60, NUMERIC(5,1)",
  confidence_score: "0-100, NUMERIC(5,2)",
  recommendation: "OVER, UNDER or PASS; PASS without a line",
  has_prop_line: "There is an actual line",
  current_points_line: "The actual line, NUMERIC(4,1); NULL if none",
  line_margin: "predicted_points - line, NUMERIC(5,2)",
  line_source: "ACTUAL_PROP or ESTIMATED_AVG; NULL without either",
  estimated_line_value: "Recent average rounded to 0.5 where there is no line",
  estimation_method: "points_avg_last_5 or points_avg_last_10",
  base_prediction: "Points before adjustments, NUMERIC(5,2)",
  similarity_baseline: "Weighted mean points of the similar games",
  fatigue_adjustment: "Points for fatigue",
  shot_zone_adjustment: "Points for the shot-zone matchup",
  rest_adjustment: "Points for rest",
  pace_adjustment: "Points for pace",
  usage_spike_adjustment: "Points for usage",
  home_away_adjustment: "Points for the venue",
  other_adjustments: "All other points",
  similar_games_count: "Similar games that were used",
  avg_similarity_score: "Their mean similarity",
  min_similarity_score: "Their least similarity",
  ml_model_id: "xgboost_v1 only: the model, or scorecard_v1",
  prediction_variance: "ensemble_v1 only: standard deviation of the systems",
  system_agreement_score: "ensemble_v1 only: agreement in percent",
  contributing_systems: "ensemble_v1 only: systems combined",
  key_factors: "What decided, JSON",
  warnings:
    "JSON array of low_quality_features, phase3_fallback, features_of_DATE (copied from the day before), low_sample, high_variance",
  feature_version: "Version of the feature vector",
  feature_quality_score: "Quality of the feature row, 0-100",
  feature_data_source: "data_source of the feature row",
  source_ml_features_hash: "data_hash of the feature row that was used",
  is_active: "The current version",
  superseded_by: "prediction_id of the version after it",
  created_at: "When the version was written",
  updated_at: "When the row last changed",
};

/** What makes a result a new version when it changes. */
const COMPARED = [
  "predicted_points",
  "confidence_score",
  "recommendation",
  "current_points_line",
  "source_ml_features_hash",
];

/** JSON is compared as text. */
const JSON_COLUMNS = new Set(["key_factors", "warnings"]);

/** Columns that the versions decide, not the result. */
const VERSION_COLUMNS = new Set([
  "prediction_id",
  "prediction_version",
  "is_active",
  "superseded_by",
  "created_at",
  "updated_at",
]);

/** Columns of a result without those that versions add. */
const RESULT_COLUMNS = Object.keys(COLUMNS).filter((name) => !VERSION_COLUMNS.has(name));

/** The id of a version of the result that `row` is an alias of. */
function predictionId(row, version) {
  return digest16(
    `CONCAT(CAST(${row}.game_date AS STRING), '|', ${row}.player_lookup, '|', ${row}.system_id, '|', CAST(${version} AS STRING))`,
  );
}

/** Whether a new result and an earlier row say the same: what differs in it is a new version. */
function same(fresh, earlier) {
  return equal(fresh, earlier, COMPARED);
}

/** Whether a new result and an earlier row are alike in all that is told of them too. */
function alike(fresh, earlier) {
  return equal(fresh, earlier, RESULT_COLUMNS);
}

function equal(fresh, earlier, names) {
  const text = (row, name) => (JSON_COLUMNS.has(name) ? `TO_JSON_STRING(${row}.${name})` : `${row}.${name}`);
  return names.map((name) => `${text(fresh, name)} IS NOT DISTINCT FROM ${text(earlier, name)}`).join(" AND ");
}

module.exports = { COLUMNS, RESULT_COLUMNS, predictionId, same, alike };
