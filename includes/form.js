/**
 * A player's form before a date, as Phase 3 knows it: aggregates over his rows of stg_player_history, in the windows of the daily
 * cache and the shot zones, so that a feature does not depend on who computed it. The feature store computes them, or
 * reads them from phase3_fallback_cache.
 */
const { mean, meanOfLast, sampleDeviationOfLast } = require("./averages");
const { digestOfRows } = require("./hashing");

const shots = (zone) => `SUM(IF(recency_with_minutes <= 10, ${zone}, NULL))`;

/** phase3_fallback_cache has the means as FLOAT64, which gives every one of these decimals back. */
const MEANS = {
  points_avg_last_5: meanOfLast(5, "points", 1),
  points_avg_last_10: meanOfLast(10, "points", 1),
  points_avg_season: mean("points", "TRUE", 1),
  points_std_last_10: sampleDeviationOfLast(10, "points"),
  minutes_avg_last_10: meanOfLast(10, "minutes_played", 1),
  minutes_avg_season: mean("minutes_played", "TRUE", 1),
};

const COLUMNS = {
  games_played_season: "COUNT(*)",
  ...MEANS,
  games_with_minutes: "COUNT(recency_with_minutes)",
  games_hash: digestOfRows("data_hash"),
  shot_games_hash: digestOfRows("data_hash", "recency_with_minutes <= 20"),
  newest_game_date: "MAX(game_date)",
  trend_sixths: "SUM(CASE WHEN recency <= 2 THEN 3 * points WHEN recency <= 5 THEN -2 * points ELSE 0 END)",
  ft_makes_last_10: "SUM(IF(recency <= 10, ft_makes, NULL))",
  points_last_10: "SUM(IF(recency <= 10, points, NULL))",
  paint_attempts_last_10: shots("paint_attempts"),
  mid_range_attempts_last_10: shots("mid_range_attempts"),
  three_pt_attempts_last_10: shots("three_pt_attempts"),
};

const selectList = (render) =>
  Object.entries(COLUMNS)
    .map(([name, expression]) => `${render(name, expression)} AS ${name}`)
    .join(",\n    ");

/** Select list over grouped rows of stg_player_history; the means are NUMERIC. */
const aggregates = () => selectList((_name, expression) => expression);

/** The same, as phase3_fallback_cache has it. */
const stored = () => selectList((name, expression) => (name in MEANS ? `CAST(${expression} AS FLOAT64)` : expression));

/** `aggregates()` over rows of phase3_fallback_cache. */
const restored = () => selectList((name) => (name in MEANS ? `CAST(${name} AS NUMERIC)` : name));

const COLUMN_DOCS = {
  games_played_season: "Games of the season in the 180 days before",
  games_with_minutes: "Those with playing time",
  games_hash: "Digest of the hashes of the games",
  shot_games_hash: "The same of the last 20 games with playing time",
  newest_game_date: "Date of the latest game",
  trend_sixths: "Mean points of the last two games less the mean of the three before, times six",
  ft_makes_last_10: "Free throws made in the last 10 games",
  points_last_10: "Points of the last 10 games",
  paint_attempts_last_10: "Shots from the paint in the last 10 games with playing time",
  mid_range_attempts_last_10: "Shots from mid-range in them",
  three_pt_attempts_last_10: "Three-point shots in them",
  points_avg_last_5: "Mean points of the last 5 games",
  points_avg_last_10: "Mean points of the last 10 games",
  points_avg_season: "Mean points of the season",
  points_std_last_10: "Sample standard deviation of the last 10 games",
  minutes_avg_last_10: "Mean minutes of the last 10 games",
  minutes_avg_season: "Mean minutes of the season",
};

module.exports = { aggregates, stored, restored, COLUMN_DOCS };
