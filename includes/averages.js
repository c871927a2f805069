/** Means over a player's or a team's recent games: `recency` 1 is the latest game before the date that is prepared. */

/** The columns of a player's game that means are taken of. */
const PLAYER_GAME = {
  player_lookup: "Player key",
  game_id: "YYYYMMDD_AWAY_HOME",
  game_date: "Date of the game, US Eastern",
  season_year: "First year of the season",
  points: "Points",
  rebounds: "Rebounds",
  assists: "Assists",
  steals: "Steals",
  blocks: "Blocks",
  minutes_played: "Minutes",
  usage_rate: "Usage rate, percent",
  ts_pct: "True shooting",
  ft_makes: "Free throws made",
  paint_attempts: "Shots from the paint",
  mid_range_attempts: "Shots from mid-range",
  three_pt_attempts: "Three-point shots",
  points_line: "Closing line; NULL without one",
  over_under_result: "OVER, UNDER or PUSH; NULL without a line",
  data_hash: "Hash of the row in player_game_summary",
  processed_at: "When that row last changed",
};

/** The columns of a team's game that means are taken of. */
const TEAM_GAME = {
  team_abbr: "Team",
  game_id: "YYYYMMDD_AWAY_HOME",
  game_date: "Date of the game, US Eastern",
  season_year: "First year of the season",
  pace: "Possessions per 48 minutes",
  offensive_rating: "Points per 100 possessions",
  win_flag: "The team won",
  data_hash: "Hash of the row in team_offense_game_summary",
  processed_at: "When that row last changed",
};

/** Mean of a column over the games that satisfy a condition, unknown values left out, rounded half away from zero. */
function mean(column, condition, decimals) {
  return `ROUND(AVG(IF(${condition}, CAST(${column} AS NUMERIC), NULL)), ${decimals})`;
}

/** Mean over the last `games` games. */
function meanOfLast(games, column, decimals) {
  return mean(column, `recency <= ${games}`, decimals);
}

/**
 * Sample standard deviation of whole numbers over the last `games` games, two decimals; NULL with fewer than two games.
 * The sums are exact, and division and square root of IEEE 754 are correctly rounded: every engine gets the same bits.
 */
function sampleDeviationOfLast(games, column) {
  const values = `IF(recency <= ${games}, ${column}, NULL)`;
  const n = `COUNT(${values})`;
  const squares = `SUM(${values} * ${values})`;
  const sum = `SUM(${values})`;
  return `ROUND(CAST(SQRT((${n} * ${squares} - ${sum} * ${sum}) / NULLIF(${n} * (${n} - 1), 0)) AS NUMERIC), 2)`;
}

module.exports = { PLAYER_GAME, TEAM_GAME, mean, meanOfLast, sampleDeviationOfLast };
