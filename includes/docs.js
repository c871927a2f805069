/** Column descriptions that several tables share. */

const KEYS = {
  player_lookup: "Player key: lower-case letters and digits of the name",
  universal_player_id: "Registry id; NULL if the player is not registered",
  game_id: "YYYYMMDD_AWAY_HOME, for example 20211115_CHI_LAL",
  game_date: "Game date, US Eastern; the partition",
  season_year: "First year of the season",
  team_abbr: "Team",
  opponent_team_abbr: "The other team",
  home_game: "The team is at home",
};

/** Not hashed. */
const QUALITY = {
  data_quality_tier: "high, medium or low",
  primary_source_used: "The source that decided the row",
  processed_with_issues: "Something was missing and had to be estimated or left out",
};

const EARLY = {
  early_season_flag: "The game is within the first three weeks of the season",
  insufficient_data_reason: "In the early season: how few games there are; else NULL",
};

const META = {
  data_hash: "First 16 hex characters of SHA-256 over the row's HASH_FIELDS",
  created_at: "When the row was first written",
  processed_at: "When the row's data hash last changed",
};

/** The four columns of each named source: `{source_nbac: "gamebook row"}`. */
function sourceDocs(sources) {
  return Object.fromEntries(
    Object.entries(sources).flatMap(([prefix, what]) => [
      [`${prefix}_last_updated`, `When the ${what} was last written; NULL if the source has nothing for the date`],
      [`${prefix}_rows_found`, `Upstream rows behind this row: ${what}; NULL if the source has nothing for the date`],
      [`${prefix}_completeness_pct`, "Rows found in percent of the usual number, at most 100"],
      [`${prefix}_hash`, `Hash of the ${what}: copied from one row, digested over several`],
    ]),
  );
}

module.exports = { KEYS, QUALITY, EARLY, META, sourceDocs };
