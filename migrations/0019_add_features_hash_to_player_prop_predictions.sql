-- The table is a model of definitions/: its first run makes it. One that stands from before gets the columns that it lacks.
ALTER TABLE IF EXISTS `{{dataset "nba_predictions"}}`.player_prop_predictions
  ADD COLUMN IF NOT EXISTS source_ml_features_hash STRING;
