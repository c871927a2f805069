-- The table is a model of definitions/: its first run makes it. One that stands from before gets the columns that it lacks.
ALTER TABLE IF EXISTS `{{dataset "nba_predictions"}}`.ml_feature_store_v2
  ADD COLUMN IF NOT EXISTS source_daily_cache_hash STRING,
  ADD COLUMN IF NOT EXISTS source_composite_hash STRING,
  ADD COLUMN IF NOT EXISTS source_shot_zones_hash STRING,
  ADD COLUMN IF NOT EXISTS source_team_defense_hash STRING,
  ADD COLUMN IF NOT EXISTS data_hash STRING;
