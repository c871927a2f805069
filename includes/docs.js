/** Column descriptions that several tables share. */
const { find } = require("./tables");

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

/** A team's game with what was known before it: stg_team_schedule and what passes it on. */
const TEAM_SCHEDULE = {
  game_id: "YYYYMMDD_AWAY_HOME",
  team_abbr: "Team",
  opponent_team_abbr: "The other team",
  game_date: "Game date, US Eastern",
  season_year: "First year of the season",
  home_game: "The team is at home",
  days_into_season: "Days since the first regular-season game of the season",
  previous_games: "Final games of the team before this one, this season",
  days_since_last_game: "Days since the last of them",
  games_in_last_7_days: "Of them, in the 7 days before",
  games_in_last_14_days: "Of them, in the 14 days before",
  win_streak: "Consecutive wins up to this game",
  loss_streak: "Consecutive losses up to this game",
  last_game_margin: "Points ahead in the last final game",
  last_game_won: "Result of the last final game",
  travel_miles: "From the arena of the last final game to the arena of this one",
  consecutive_road_games: "Road games in a row, this one included; 0 at home",
  next_game_days_rest: "Free days until the next game, if it is at most 14 days away",
  games_in_next_7_days: "Games scheduled in the 7 days after",
  schedule_hash: "Hash of the schedule row",
  schedule_processed_at: "When the schedule row was last written",
  is_playoffs: "Playoff or play-in game",
  tip_off: "Start",
  arena_timezone: "IANA time zone of the arena, where the schedule has it",
};

/** Box-score counts, under the names of the players' and of the teams' box scores. */
const BOX_COUNTS = {
  points: "Points",
  assists: "Assists",
  rebounds: "Rebounds",
  offensive_rebounds: "Offensive rebounds",
  defensive_rebounds: "Defensive rebounds",
  steals: "Steals",
  blocks: "Blocked shots",
  turnovers: "Turnovers",
  personal_fouls: "Personal fouls",
};

const PLAYER_BOX = {
  ...BOX_COUNTS,
  plus_minus: "Points ahead while on court; NULL without a gamebook",
  field_goals_made: "Field goals made",
  field_goals_attempted: "Field goals attempted",
  three_pointers_made: "Three-pointers made",
  three_pointers_attempted: "Three-pointers attempted",
  free_throws_made: "Free throws made",
  free_throws_attempted: "Free throws attempted",
};

const TEAM_BOX = {
  ...BOX_COUNTS,
  fg_attempts: "Field goals attempted",
  fg_makes: "Field goals made",
  three_pt_attempts: "Three-pointers attempted",
  three_pt_makes: "Three-pointers made",
  ft_attempts: "Free throws attempted",
  ft_makes: "Free throws made",
};

/** The four tracking columns of each source of a table. */
function sourceDocs(table) {
  return Object.fromEntries(
    Object.entries(find(table).sources).flatMap(([prefix, { what }]) => [
      [`${prefix}_last_updated`, `When the ${what} was last written; NULL if the source has nothing for the date`],
      [`${prefix}_rows_found`, `Upstream rows behind this row: ${what}; NULL if the source has nothing for the date`],
      [`${prefix}_completeness_pct`, "Rows found in percent of the usual number, at most 100"],
      [`${prefix}_hash`, `Hash of the ${what}: copied from one row, digested over several`],
    ]),
  );
}

module.exports = { KEYS, QUALITY, EARLY, META, TEAM_SCHEDULE, PLAYER_BOX, TEAM_BOX, sourceDocs };
