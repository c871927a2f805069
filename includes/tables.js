/**
 * The hashed tables of the warehouse, in the order of a night. A new one is its model in definitions/ and an entry here:
 * its gates, its rows in the views over all tables, its labels and the docs of its tracking columns come from this list.
 *
 * phase    its tag, phase3 or phase4
 * date     the column that partitions it
 * key      the columns that tell its rows apart; they and the date are hashed
 * updated  the column that says when a row last changed; processed_at without it
 * step     when it nominally starts (US Eastern, HH-MM), how long it usually takes and from when on that is worth an
 *          alert, in seconds, and the job that runs it. Order is decided by the graph, never by these times
 * status   Phase 4: rows that a date needs on a full slate (`slate`: 100, or a share of a light one), and in the first
 *          three weeks; `possible` is the column of phase4_status that counts the players with games enough for a row;
 *          `gate` is the name of the criterion, <processor>_rows without it; `quality` a column to tell
 * lineage  how the rows behind one player's features are told: `source` and `date` are expressions, `team` the column of
 *          a table of teams. A table with players in its key is told without it
 * sources  prefixes of the tracking columns: how many rows of the source one row normally rests on, and what they are.
 *          A day's usual volume is per game day; a row's expectation is its share of it, so that 100 percent means "as
 *          usual" for every row
 * hash     HASH_FIELDS: what counts as a change of a row, by type. Each list is explicit, never "all columns but". The
 *          type decides how a value is rendered. Keys, statistics and flags that change meaning are in; timestamps,
 *          tracking columns, quality labels, display names, bookmaker names and debug text are out
 */
const { entries } = require("./table-entries");

const TABLES = entries({
  "nba_analytics.player_game_summary": {
    phase: "phase3",
    date: "game_date",
    key: ["game_id", "player_lookup"],
    step: { schedule: "02-30", typical: 5, alert: 10 },
    lineage: { source: "'player_game_summary (before)'", date: "DATE_ADD(game_date, INTERVAL 1 DAY)" },
    sources: {
      source_nbac: { rows: 1, what: "gamebook row" },
      source_bdl: { rows: 1, what: "BDL box-score row" },
      source_bbd: { rows: 10, what: "BigDataBall shot events of the player" },
      source_nbac_pbp: { rows: 10, what: "NBA.com shot events of the player" },
      source_odds: { rows: 1, what: "Odds API lines of the player" },
      source_bp: { rows: 1, what: "BettingPros line of the player" },
      source_team_boxscore: { rows: 1, what: "team box-score row" },
    },
    hash: {
      INT64: `
        assisted_fg_makes assists blocks defensive_rebounds fg_attempts fg_makes ft_attempts ft_makes
        mid_range_attempts mid_range_makes offensive_rebounds paint_attempts paint_makes personal_fouls
        plus_minus points rebounds restricted_area_attempts restricted_area_makes season_year steals
        three_pt_attempts three_pt_makes turnovers unassisted_fg_makes`,
      "NUMERIC(5,3)": "efg_pct ts_pct",
      DATE: "game_date",
      STRING: "game_id opponent_team_abbr over_under_result player_lookup player_status team_abbr universal_player_id",
      BOOL: "home_game is_active starter_flag win_flag",
      "NUMERIC(6,2)": "margin",
      "NUMERIC(5,1)": "minutes_played",
      "NUMERIC(4,1)": "opening_line points_line",
      "NUMERIC(5,2)": "usage_rate",
    },
  },
  "nba_analytics.team_offense_game_summary": {
    phase: "phase3",
    date: "game_date",
    key: ["game_id", "team_abbr"],
    step: { schedule: "02-30", typical: 5, alert: 10 },
    sources: {
      source_nbac_boxscore: { rows: 1, what: "team box-score row" },
      source_play_by_play: { rows: 50, what: "shot events of the team" },
    },
    hash: {
      INT64: `
        assists fg_attempts fg_makes ft_attempts ft_makes margin_of_victory overtime_periods personal_fouls
        points_in_paint_scored points_scored rebounds season_year team_mid_range_attempts team_mid_range_makes
        team_paint_attempts team_paint_makes three_pt_attempts three_pt_makes turnovers`,
      DATE: "game_date",
      STRING: "game_id opponent_team_abbr team_abbr",
      BOOL: "home_game",
      "NUMERIC(6,2)": "offensive_rating",
      "NUMERIC(5,1)": "pace possessions",
      "NUMERIC(5,3)": "ts_pct",
    },
  },
  "nba_analytics.team_defense_game_summary": {
    phase: "phase3",
    date: "game_date",
    key: ["game_id", "defending_team_abbr"],
    step: { schedule: "02-30", typical: 5, alert: 10 },
    sources: {
      source_team_boxscore: { rows: 1, what: "opponent's team box-score row" },
      source_gamebook_players: { rows: 10, what: "gamebook rows of the defending players" },
      source_bdl_players: { rows: 10, what: "BDL rows of the defending players" },
      source_play_by_play: { rows: 50, what: "shot events of the opponent" },
    },
    hash: {
      INT64: `
        blocks_mid_range blocks_paint blocks_three_pt defensive_rebounds fouls_committed margin_of_victory
        opp_assists opp_fg_attempts opp_fg_makes opp_ft_attempts opp_ft_makes opp_mid_range_attempts
        opp_mid_range_makes opp_paint_attempts opp_paint_makes opp_rebounds opp_three_pt_attempts
        opp_three_pt_makes overtime_periods points_allowed season_year steals turnovers_forced`,
      STRING: "defending_team_abbr game_id opponent_team_abbr",
      "NUMERIC(6,2)": "defensive_rating",
      DATE: "game_date",
      BOOL: "home_game",
      "NUMERIC(5,1)": "opponent_pace",
    },
  },
  "nba_analytics.upcoming_team_game_context": {
    phase: "phase3",
    date: "game_date",
    key: ["game_id", "team_abbr"],
    step: { schedule: "06-00", typical: 10, alert: 20 },
    sources: {
      source_nbac_schedule: { rows: 1, what: "schedule row" },
      source_odds_lines: { rows: 2, what: "snapshots of the team's spread and of the over" },
      source_injury_report: { rows: 1, what: "current reports on the team's players" },
    },
    hash: {
      INT64: `
        days_since_last_game game_number_in_season games_in_last_14_days games_in_last_7_days last_game_margin
        questionable_players_count season_year starters_out_count team_days_rest team_loss_streak_entering
        team_win_streak_entering travel_miles`,
      BOOL: "early_season_flag home_game team_back_to_back",
      DATE: "game_date",
      STRING: "game_id last_game_result opponent_team_abbr team_abbr",
      "NUMERIC(5,2)": "game_spread spread_movement total_public_betting_pct",
      "NUMERIC(5,1)": "game_total total_movement",
    },
  },
  "nba_analytics.upcoming_player_game_context": {
    phase: "phase3",
    date: "game_date",
    key: ["game_id", "player_lookup"],
    step: { schedule: "06-30", typical: 15, alert: 30 },
    sources: {
      source_boxscore: { rows: 10, what: "player's box-score rows of the 30 days before" },
      source_schedule: { rows: 1, what: "schedule row" },
      source_props: { rows: 1, what: "player's points lines" },
      source_game_lines: { rows: 2, what: "snapshots of the team's spread and of the over" },
      source_injury_report: { rows: 1, what: "current reports on the team's players" },
    },
    // line_movement is left out, as in player_game_summary: it is the difference of two hashed lines.
    hash: {
      "NUMERIC(5,1)": `
        avg_minutes_per_game_last_7 game_total opponent_pace_last_10 pace_differential points_avg_last_10
        points_avg_last_5`,
      "NUMERIC(5,2)": "avg_usage_rate_last_7_games projected_usage_rate",
      BOOL: "back_to_back has_prop_line home_game",
      INT64: `
        back_to_backs_last_14_days clutch_minutes_last_7_games days_rest fourth_quarter_minutes_last_7
        games_in_last_14_days games_in_last_7_days minutes_in_last_14_days minutes_in_last_7_days
        opponent_days_rest player_age prop_over_streak prop_under_streak star_teammates_out`,
      "NUMERIC(4,1)": "current_points_line game_spread opening_points_line",
      DATE: "game_date",
      STRING: "game_id opponent_team_abbr player_lookup player_status season_phase team_abbr universal_player_id",
      "NUMERIC(6,2)": "opponent_def_rating_last_10",
    },
  },
  "nba_precompute.team_defense_zone_analysis": {
    phase: "phase4",
    date: "analysis_date",
    key: ["analysis_date", "team_abbr"],
    step: { schedule: "23-00", typical: 120, alert: 300, job: "phase4-team-defense-zone-analysis" },
    status: { processor: "team_defense", counted: "teams", full: 20, early: 1 },
    lineage: { team: "team_abbr", source: "CONCAT('team_defense_zone_analysis of ', team_abbr)" },
    sources: {
      source_team_defense: { rows: 15, what: "team's games in the sample and the league averages" },
    },
    hash: {
      DATE: "analysis_date",
      "NUMERIC(6,2)": "defensive_rating_last_15",
      BOOL: "early_season_flag",
      INT64: "games_in_sample",
      "NUMERIC(5,1)": `
        mid_range_attempts_allowed_per_game opponent_pace opponent_points_per_game
        paint_attempts_allowed_per_game paint_points_allowed_per_game three_pt_attempts_allowed_per_game`,
      "NUMERIC(4,1)": "mid_range_blocks_per_game paint_blocks_per_game three_pt_blocks_per_game",
      "NUMERIC(5,2)": "mid_range_defense_vs_league_avg paint_defense_vs_league_avg three_pt_defense_vs_league_avg",
      "NUMERIC(5,3)": "mid_range_pct_allowed_last_15 paint_pct_allowed_last_15 three_pt_pct_allowed_last_15",
      STRING: "strongest_zone team_abbr weakest_zone",
    },
  },
  "nba_precompute.player_shot_zone_analysis": {
    phase: "phase4",
    date: "analysis_date",
    key: ["analysis_date", "player_lookup"],
    step: { schedule: "23-15", typical: 480, alert: 900, job: "phase4-player-shot-zone-analysis" },
    status: { processor: "player_shot_zone", counted: "players", full: 400, early: 100, possible: "zoned_players" },
    sources: {
      source_player_game: { rows: 10, what: "player's games in the sample of 20" },
    },
    hash: {
      DATE: "analysis_date",
      "NUMERIC(5,2)": `
        assisted_rate_last_10 mid_range_rate_last_10 paint_rate_last_10 paint_rate_last_20 shot_volume_trend
        three_pt_rate_last_10 unassisted_rate_last_10`,
      BOOL: "early_season_flag",
      INT64: "games_in_sample_10 games_in_sample_20 total_shots_last_10",
      "NUMERIC(4,1)": "mid_range_attempts_per_game paint_attempts_per_game three_pt_attempts_per_game",
      "NUMERIC(5,3)": `
        mid_range_pct_last_10 paint_pct_last_10 paint_pct_last_20 restricted_area_pct_last_10
        three_pt_pct_last_10`,
      STRING: "player_lookup player_position primary_scoring_zone universal_player_id",
    },
  },
  "nba_precompute.player_composite_factors": {
    phase: "phase4",
    date: "game_date",
    key: ["game_date", "player_lookup"],
    step: { schedule: "23-30", typical: 900, alert: 1200, job: "phase4-player-composite-factors" },
    status: { processor: "player_composite", counted: "players", full: "slate", early: 1 },
    sources: {
      source_player_context: { rows: 1, what: "player's context row" },
      source_team_context: { rows: 1, what: "team's context row" },
      source_player_shot: { rows: 1, what: "player's shot-zone row" },
      source_team_defense: { rows: 1, what: "opponent's defence row" },
    },
    hash: {
      "NUMERIC(3,1)": `
        betting_context_score look_ahead_pressure_score momentum_score opponent_strength_score pace_score
        referee_favorability_score travel_impact_score usage_spike_score`,
      STRING: "calculation_version game_id opponent_team_abbr player_lookup team_abbr universal_player_id",
      BOOL: "early_season_flag",
      INT64: "fatigue_score",
      DATE: "game_date",
      "NUMERIC(4,1)": "shot_zone_mismatch_score",
      "NUMERIC(5,2)": "total_composite_adjustment",
    },
  },
  "nba_precompute.player_daily_cache": {
    phase: "phase4",
    date: "cache_date",
    key: ["cache_date", "player_lookup"],
    step: { schedule: "23-45", typical: 600, alert: 900, job: "phase4-player-daily-cache" },
    status: {
      processor: "player_daily_cache",
      counted: "players",
      full: "slate",
      early: 1,
      possible: "cached_players",
    },
    sources: {
      source_player_game: { rows: 10, what: "player's games of the season" },
      source_team_offense: { rows: 10, what: "team's last 10 games" },
      source_upcoming_context: { rows: 1, what: "player's context row" },
      source_shot_zone: { rows: 1, what: "player's shot-zone row" },
    },
    hash: {
      "NUMERIC(5,2)": `
        assisted_rate_last_10 paint_rate_last_10 player_usage_rate_season points_std_last_10
        three_pt_rate_last_10 usage_rate_last_10`,
      "NUMERIC(5,1)": `
        assists_avg_last_10 assists_avg_last_30_days assists_avg_last_5 avg_minutes_per_game_last_7
        blocks_avg_last_10 minutes_avg_last_10 minutes_avg_season points_avg_last_10 points_avg_last_30_days
        points_avg_last_5 points_avg_season rebounds_avg_last_10 rebounds_avg_last_30_days rebounds_avg_last_5
        steals_avg_last_10 team_pace_last_10`,
      INT64: `
        back_to_backs_last_14_days fourth_quarter_minutes_last_7 games_in_last_14_days games_in_last_7_days
        games_played_season minutes_in_last_14_days minutes_in_last_7_days player_age prop_lines_last_10`,
      DATE: "cache_date",
      STRING: "cache_version player_lookup primary_scoring_zone universal_player_id",
      BOOL: "early_season_flag",
      "NUMERIC(4,1)": "points_line_avg_last_10",
      "NUMERIC(5,3)": "prop_over_rate_last_10 ts_pct_last_10",
      "NUMERIC(6,2)": "team_off_rating_last_10",
    },
  },
  "nba_predictions.ml_feature_store_v2": {
    phase: "phase4",
    date: "game_date",
    key: ["game_date", "player_lookup", "feature_version"],
    updated: "updated_at",
    step: { schedule: "00-00", typical: 120, alert: 300, job: "phase4-ml-feature-store-v2" },
    status: {
      processor: "ml_feature_store",
      counted: "players",
      full: "slate",
      early: 1,
      gate: "feature_store_rows",
      quality: "feature_quality_score",
    },
    lineage: { source: "CONCAT('ml_feature_store_v2, ', data_source)" },
    sources: {
      source_daily_cache: { rows: 1, what: "player's daily-cache row" },
      source_composite: { rows: 1, what: "player's composite row" },
      source_shot_zones: { rows: 1, what: "player's shot-zone row" },
      source_team_defense: { rows: 1, what: "opponent's defence row" },
    },
    hash: {
      BOOL: "early_season_flag",
      INT64: "feature_count",
      STRING: "feature_version game_id player_lookup",
      "ARRAY<FLOAT64>": "features",
      DATE: "game_date",
    },
  },
});

/** A table by its name. */
function find(name) {
  const found = TABLES.find((table) => table.name === name);
  if (found === undefined) throw new Error(`there is no table ${name} in includes/tables.js`);
  return found;
}

/** The tables of a phase, `phase3` or `phase4`. */
function ofPhase(phase) {
  return TABLES.filter((table) => table.phase === phase);
}

module.exports = { TABLES, find, ofPhase };
