-- The table is a model of definitions/: its first run makes it. One that stands from before gets the columns that it lacks.
ALTER TABLE IF EXISTS `{{dataset "nba_precompute"}}`.player_composite_factors
  ADD COLUMN IF NOT EXISTS source_player_context_hash STRING,
  ADD COLUMN IF NOT EXISTS source_team_context_hash STRING,
  ADD COLUMN IF NOT EXISTS source_player_shot_hash STRING,
  ADD COLUMN IF NOT EXISTS source_team_defense_hash STRING,
  ADD COLUMN IF NOT EXISTS data_hash STRING;
