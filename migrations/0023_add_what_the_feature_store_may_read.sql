-- What the feature store reads of the two tables with store_reads_base_mv and store_reads_fallback_cache.
ALTER TABLE IF EXISTS `{{dataset "nba_precompute"}}`.ml_feature_store_base_mv
  ADD COLUMN IF NOT EXISTS has_cache BOOL,
  ADD COLUMN IF NOT EXISTS has_composite BOOL,
  ADD COLUMN IF NOT EXISTS has_shot BOOL,
  ADD COLUMN IF NOT EXISTS has_defense BOOL,
  ADD COLUMN IF NOT EXISTS cache STRUCT<
    player_lookup STRING, points_avg_last_5 NUMERIC, points_avg_last_10 NUMERIC, points_avg_season NUMERIC,
    points_std_last_10 NUMERIC, games_in_last_7_days INT64, minutes_avg_last_10 NUMERIC, minutes_avg_season NUMERIC,
    paint_rate_last_10 NUMERIC, three_pt_rate_last_10 NUMERIC, team_pace_last_10 NUMERIC, team_off_rating_last_10 NUMERIC,
    source_player_game_hash STRING, source_upcoming_context_hash STRING, source_team_offense_hash STRING,
    source_shot_zone_hash STRING, data_hash STRING, processed_at TIMESTAMP
  >,
  ADD COLUMN IF NOT EXISTS composite STRUCT<
    player_lookup STRING, fatigue_score INT64, shot_zone_mismatch_score NUMERIC, pace_score NUMERIC, usage_spike_score NUMERIC,
    source_player_context_hash STRING, source_player_shot_hash STRING, source_team_defense_hash STRING, data_hash STRING,
    processed_at TIMESTAMP
  >,
  ADD COLUMN IF NOT EXISTS shot STRUCT<
    player_lookup STRING, paint_rate_last_10 NUMERIC, mid_range_rate_last_10 NUMERIC, three_pt_rate_last_10 NUMERIC,
    source_player_game_rows_found INT64, source_player_game_hash STRING, data_hash STRING, processed_at TIMESTAMP
  >,
  ADD COLUMN IF NOT EXISTS defense STRUCT<
    team_abbr STRING, defensive_rating_last_15 NUMERIC, opponent_pace NUMERIC, source_team_defense_rows_found INT64,
    source_team_defense_last_updated TIMESTAMP, data_hash STRING, processed_at TIMESTAMP
  >;

ALTER TABLE IF EXISTS `{{dataset "nba_precompute"}}`.phase3_fallback_cache
  ADD COLUMN IF NOT EXISTS games_with_minutes INT64,
  ADD COLUMN IF NOT EXISTS games_hash STRING,
  ADD COLUMN IF NOT EXISTS shot_games_hash STRING,
  ADD COLUMN IF NOT EXISTS newest_game_date DATE,
  ADD COLUMN IF NOT EXISTS trend_sixths INT64,
  ADD COLUMN IF NOT EXISTS ft_makes_last_10 INT64,
  ADD COLUMN IF NOT EXISTS points_last_10 INT64,
  ADD COLUMN IF NOT EXISTS paint_attempts_last_10 INT64,
  ADD COLUMN IF NOT EXISTS mid_range_attempts_last_10 INT64,
  ADD COLUMN IF NOT EXISTS three_pt_attempts_last_10 INT64;
