-- The tables are models of definitions/: its first run makes them. One that stands from before gets the columns that it lacks.
ALTER TABLE IF EXISTS `{{dataset "nba_predictions"}}`.ml_feature_store_v2_quality_metrics
  ADD COLUMN IF NOT EXISTS status STRING,
  ADD COLUMN IF NOT EXISTS severity STRING,
  ADD COLUMN IF NOT EXISTS degraded_mode BOOL,
  ADD COLUMN IF NOT EXISTS gate_passed BOOL,
  ADD COLUMN IF NOT EXISTS gate_reason STRING,
  ADD COLUMN IF NOT EXISTS computed_at TIMESTAMP;

ALTER TABLE IF EXISTS `{{dataset "nba_predictions"}}`.ml_feature_store_v2_dependency_tracking
  ADD COLUMN IF NOT EXISTS missing ARRAY<STRING>,
  ADD COLUMN IF NOT EXISTS checked_at TIMESTAMP;
