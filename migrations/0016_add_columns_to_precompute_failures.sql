-- The table is a model of definitions/: its first run makes it. One that stands from before gets the columns that it lacks.
ALTER TABLE IF EXISTS `{{dataset "nba_processing"}}`.precompute_failures
  ADD COLUMN IF NOT EXISTS processor_name STRING,
  ADD COLUMN IF NOT EXISTS run_id STRING,
  ADD COLUMN IF NOT EXISTS analysis_date DATE,
  ADD COLUMN IF NOT EXISTS entity_id STRING,
  ADD COLUMN IF NOT EXISTS failure_category STRING,
  ADD COLUMN IF NOT EXISTS failure_reason STRING,
  ADD COLUMN IF NOT EXISTS can_retry BOOL,
  ADD COLUMN IF NOT EXISTS created_at TIMESTAMP;
