/**
 * The composite factors (docs/features.md) as GoogleSQL over columns of a player context, so that the composite table
 * and the fallback of the feature store use the same formulas. All in INT64 and NUMERIC.
 */

/** `value` within bounds. */
function clamp(value, low, high) {
  return `GREATEST(${low}, LEAST(${high}, ${value}))`;
}

/** 0 to 100, 100 is fresh. `c` is the alias of an upcoming_player_game_context row. */
function fatigueScore(c) {
  return clamp(
    [
      "100",
      `CASE WHEN ${c}.back_to_back THEN -15 WHEN IFNULL(${c}.days_rest, 1) >= 3 THEN 5 ELSE 0 END`,
      `IF(IFNULL(${c}.games_in_last_7_days, 3) >= 4, -10, 0)`,
      `IF(IFNULL(${c}.minutes_in_last_7_days, 200) > 240, -10, 0)`,
      `IF(IFNULL(${c}.avg_minutes_per_game_last_7, 30) > 35, -8, 0)`,
      `CASE WHEN ${c}.back_to_backs_last_14_days >= 2 THEN -12 WHEN ${c}.back_to_backs_last_14_days = 1 THEN -5 ELSE 0 END`,
      `CASE WHEN ${c}.player_age >= 35 THEN -10 WHEN ${c}.player_age >= 30 THEN -5 ELSE 0 END`,
    ].join("\n      + "),
    0,
    100,
  );
}

/** -3 to 3, one decimal: half the pace above the league's. */
function paceScore(c) {
  return `ROUND(${clamp(`IFNULL(${c}.pace_differential, 0) / 2`, -3, 3)}, 1)`;
}

/** -3 to 3, one decimal: usage projected above the recent one, and more so with star teammates out. */
function usageSpikeScore(c) {
  const rise = `(IFNULL(${c}.projected_usage_rate, 25) - IFNULL(${c}.avg_usage_rate_last_7_games, 25))`;
  const boost = `CASE WHEN ${rise} > 0 AND ${c}.star_teammates_out >= 2 THEN NUMERIC '0.39'
        WHEN ${rise} > 0 AND ${c}.star_teammates_out = 1 THEN NUMERIC '0.345' ELSE NUMERIC '0.3' END`;
  return `IF(IFNULL(${c}.avg_usage_rate_last_7_games, 25) = 0, 0, ROUND(${clamp(`${rise} * ${boost}`, -3, 3)}, 1))`;
}

/**
 * -10 to 10, one decimal: what the opponent allows above the league where the player shoots.
 * `z`: player_shot_zone_analysis row, `d`: the opponent's team_defense_zone_analysis row; 0 without either.
 */
function mismatchScore(z, d) {
  const inZone = (prefix) =>
    `${d}.${prefix}_defense_vs_league_avg * LEAST(IFNULL(${z}.${prefix}_rate_last_10, 50) / 50, 1)`;
  const weighted = ["paint", "mid_range", "three_pt"].map(
    (prefix) => `IFNULL(${d}.${prefix}_defense_vs_league_avg * ${z}.${prefix}_rate_last_10 / 100, 0)`,
  );
  const base = `IFNULL(CASE ${z}.primary_scoring_zone
        WHEN 'paint' THEN ${inZone("paint")}
        WHEN 'mid_range' THEN ${inZone("mid_range")}
        WHEN 'perimeter' THEN ${inZone("three_pt")}
        ELSE ${weighted.join(" + ")}
      END, 0)`;
  return `ROUND(${clamp(`${base} * IF(ABS(${base}) > 5, NUMERIC '1.2', 1)`, -10, 10)}, 1)`;
}

/** -3 to 3, one decimal: lines that move up and a public that bets on the over. `c`: player context, `t`: team context. */
function bettingContextScore(c, t) {
  const sum =
    `NUMERIC '0.5' * IFNULL(${c}.line_movement, 0) + NUMERIC '0.25' * IFNULL(${t}.total_movement, 0)` +
    ` + NUMERIC '0.02' * IFNULL(${t}.total_public_betting_pct - 50, 0)`;
  return `ROUND(${clamp(sum, -3, 3)}, 1)`;
}

/** -3 to 3, one decimal: half the points by which the last 5 games beat the last 10. */
function momentumScore(c) {
  return `ROUND(${clamp(`IFNULL((${c}.points_avg_last_5 - ${c}.points_avg_last_10) / 2, 0)`, -3, 3)}, 1)`;
}

module.exports = {
  clamp,
  fatigueScore,
  paceScore,
  usageSpikeScore,
  mismatchScore,
  bettingContextScore,
  momentumScore,
};
