/**
 * What the prediction systems share (docs/prediction-systems.md): the feature vector by name, clamps, the rule confidence and
 * the columns of a result. Everything is NUMERIC: systems work on unrounded values, and a sum must not depend on its order.
 */

/** `--var override_gate=true` predicts although the gate is closed. */
const OVERRIDE_GATE = dataform.projectConfig.vars.override_gate === "true";

const FEATURE_VERSION = "v1_baseline_25";

/** The feature vector of docs/features.md, in index order. */
const FEATURES = [
  "points_avg_last_5",
  "points_avg_last_10",
  "points_avg_season",
  "points_std_last_10",
  "games_in_last_7_days",
  "fatigue_score",
  "shot_zone_mismatch_score",
  "pace_score",
  "usage_spike_score",
  "rest_advantage",
  "injury_risk",
  "recent_trend",
  "minutes_change",
  "opponent_def_rating",
  "opponent_pace",
  "home_away",
  "back_to_back",
  "playoff_game",
  "pct_paint",
  "pct_mid_range",
  "pct_three",
  "pct_free_throw",
  "team_pace",
  "team_off_rating",
  "team_win_pct",
];

/** `f0` to `f24` from the array column `features`. */
function featureColumns() {
  return FEATURES.map((_, index) => `CAST(features[SAFE_OFFSET(${index})] AS NUMERIC) AS f${index}`).join(",\n    ");
}

/** A NUMERIC literal. */
function number(value) {
  return `NUMERIC '${value}'`;
}

function clamp(value, low, high) {
  return `LEAST(GREATEST(${value}, ${low}), ${high})`;
}

/** Points are between 0 and 60. */
function clampPoints(points) {
  return clamp(points, number(0), number(60));
}

/** The confidence of the rule systems, 0-100: form that varies little and a player in rhythm count, scaled by quality. */
function ruleConfidence() {
  const variance = `CASE WHEN f3 > 6 THEN ${number("-0.15")} WHEN f3 > 4 THEN ${number("-0.08")} ELSE 0 END`;
  const games = `CASE WHEN f4 >= 3 THEN ${number("0.10")} WHEN f4 = 2 THEN ${number("0.05")} ELSE ${number("-0.10")} END`;
  const raw = `(${number("0.50")} + ${variance} + ${games}) * feature_quality_score / 100`;
  return `100 * ${clamp(raw, number("0.2"), number("0.8"))}`;
}

/** Bands on the fatigue score, 100 = fresh: what a tired and a somewhat tired player loses. */
function fatigueBands(tired, somewhat) {
  return `CASE WHEN f5 < 50 THEN ${number(tired)} WHEN f5 < 70 THEN ${number(somewhat)} ELSE ${number(0)} END`;
}

/** Identity and provenance of a result, copied from the feature row it was made of. */
const IDENTITY = {
  game_date: "Date of the predicted game, US Eastern; the partition",
  player_lookup: "Player key: lower-case letters and digits of the name",
  universal_player_id: "Registry id; NULL if the player is not registered",
  game_id: "YYYYMMDD_AWAY_HOME, for example 20211115_CHI_LAL",
  feature_version: "Version of the feature vector",
  feature_quality_score: "Quality of the feature row, 0-100",
  feature_data_source: "phase4, phase3 or mixed",
  source_ml_features_hash: "data_hash of the feature row that was used",
};

/** What a system's table says of one player and date, each as type and description. */
const RESULT = {
  predicted_points: ["NUMERIC", "Points, 0-60, not rounded; NULL when the system had too little to go on"],
  confidence_score: ["NUMERIC", "0-100, not rounded"],
  no_prediction_reason: ["STRING", "Why there is no prediction; NULL when there is one"],
  base_prediction: ["NUMERIC", "Points before adjustments"],
  similarity_baseline: ["NUMERIC", "Mean points of the similar games, weighted by similarity"],
  fatigue_adjustment: ["NUMERIC", "Points for tired or fresh legs"],
  shot_zone_adjustment: ["NUMERIC", "Points for where the player shoots and the opponent defends badly"],
  rest_adjustment: ["NUMERIC", "Points for rest and back-to-backs"],
  pace_adjustment: ["NUMERIC", "Points for the pace of the game"],
  usage_spike_adjustment: ["NUMERIC", "Points for more or less usage than usual"],
  home_away_adjustment: ["NUMERIC", "Points for the venue"],
  other_adjustments: ["NUMERIC", "All other points"],
  similar_games_count: ["INT64", "Similar games that were used, at most 20"],
  avg_similarity_score: ["NUMERIC", "Their mean similarity, 0-100"],
  min_similarity_score: ["NUMERIC", "Their least similarity"],
  historical_games_count: ["INT64", "Games of the 90 days before that were compared, at most 30"],
  ml_model_id: ["STRING", "The model that predicted; scorecard_v1 is the specified formula that stands in for one"],
  prediction_variance: ["NUMERIC", "Population standard deviation of the systems' points"],
  system_agreement_score: ["NUMERIC", "Agreement of the systems, percent"],
  contributing_systems: ["INT64", "Systems that the ensemble combined"],
  key_factors: ["STRING", "What decided, as JSON text"],
};

/** Descriptions of the columns of a system's table; the five are alike. */
const SYSTEM_COLUMNS = {
  system_id: "The prediction system, as in player_prop_predictions",
  ...IDENTITY,
  ...Object.fromEntries(Object.entries(RESULT).map(([name, [, description]]) => [name, description])),
};

/** The select list of a system's table; what the system does not know is a typed NULL. */
function resultColumns(system, values) {
  const unknown = Object.keys(values).find((name) => !(name in RESULT));
  if (unknown !== undefined) throw new Error(`${unknown} is no column of a prediction system's table`);
  return [
    `'${system}' AS system_id`,
    ...Object.keys(IDENTITY),
    ...Object.entries(RESULT).map(([name, [type]]) => `${values[name] ?? `CAST(NULL AS ${type})`} AS ${name}`),
  ].join(",\n  ");
}

const IDENTITY_TYPES = { game_date: "DATE", feature_quality_score: "NUMERIC" };

/** A query without rows, of the columns of a system's table. */
function emptyResult() {
  const columns = [
    ["system_id", "STRING"],
    ...Object.keys(IDENTITY).map((name) => [name, IDENTITY_TYPES[name] ?? "STRING"]),
    ...Object.entries(RESULT).map(([name, [type]]) => [name, type]),
  ];
  const nulls = columns.map(([name, type]) => `CAST(NULL AS ${type}) AS ${name}`);
  return `SELECT * FROM (\n  SELECT\n    ${nulls.join(",\n    ")}\n) WHERE FALSE`;
}

/** A JSON object as text, from names to GoogleSQL expressions of numbers, shown with `decimals` decimals. */
function jsonNumbers(members, decimals) {
  const parts = Object.entries(members).map(([name, value], index) => {
    const text = `IF(${value} IS NULL, 'null', FORMAT('%.${decimals}f', ROUND(CAST(${value} AS NUMERIC), ${decimals})))`;
    return `'${index === 0 ? "{" : ", "}"${name}": ', ${text}`;
  });
  return `CONCAT(${parts.join(", ")}, '}')`;
}

module.exports = {
  OVERRIDE_GATE,
  FEATURE_VERSION,
  FEATURES,
  RESULT,
  SYSTEM_COLUMNS,
  featureColumns,
  number,
  clamp,
  clampPoints,
  ruleConfidence,
  fatigueBands,
  resultColumns,
  emptyResult,
  jsonNumbers,
};
