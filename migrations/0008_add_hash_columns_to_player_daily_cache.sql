-- The table is a model of definitions/: its first run makes it. One that stands from before gets the columns that it lacks.
ALTER TABLE IF EXISTS `{{dataset "nba_precompute"}}`.player_daily_cache
  ADD COLUMN IF NOT EXISTS source_player_game_hash STRING,
  ADD COLUMN IF NOT EXISTS source_team_offense_hash STRING,
  ADD COLUMN IF NOT EXISTS source_upcoming_context_hash STRING,
  ADD COLUMN IF NOT EXISTS source_shot_zone_hash STRING,
  ADD COLUMN IF NOT EXISTS data_hash STRING;
