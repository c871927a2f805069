-- The table is a model of definitions/: its first run makes it. One that stands from before gets the columns that it lacks.
ALTER TABLE IF EXISTS `{{dataset "nba_analytics"}}`.team_defense_game_summary
  ADD COLUMN IF NOT EXISTS data_hash STRING;
