-- The table is a model of definitions/: its first run makes it. One that stands from before gets the columns that it lacks.
ALTER TABLE IF EXISTS `{{dataset "nba_precompute"}}`.team_defense_zone_analysis
  ADD COLUMN IF NOT EXISTS source_team_defense_hash STRING,
  ADD COLUMN IF NOT EXISTS data_hash STRING;
