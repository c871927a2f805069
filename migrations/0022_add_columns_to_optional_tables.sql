-- The tables are models of definitions/: its first run makes them. One that stands from before gets the columns that it lacks.
ALTER TABLE IF EXISTS `{{dataset "nba_precompute"}}`.ml_feature_store_base_mv
  ADD COLUMN IF NOT EXISTS opponent_def_rating FLOAT64,
  ADD COLUMN IF NOT EXISTS last_5_games_ppg FLOAT64,
  ADD COLUMN IF NOT EXISTS total_composite_adjustment FLOAT64;

ALTER TABLE IF EXISTS `{{dataset "nba_precompute"}}`.phase3_fallback_cache
  ADD COLUMN IF NOT EXISTS points_projection FLOAT64,
  ADD COLUMN IF NOT EXISTS rebounds_projection FLOAT64,
  ADD COLUMN IF NOT EXISTS assists_projection FLOAT64;
