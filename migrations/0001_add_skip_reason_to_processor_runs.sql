-- Phase 2: one row an execution of a loader. skip_reason came later than the table.
CREATE SCHEMA IF NOT EXISTS `{{dataset "nba_processing"}}`;

CREATE TABLE IF NOT EXISTS `{{dataset "nba_processing"}}`.processor_runs (
  run_id STRING NOT NULL,
  processor_name STRING NOT NULL,
  started_at TIMESTAMP NOT NULL,
  completed_at TIMESTAMP,
  status STRING NOT NULL,
  error_message STRING,
  rows_processed INT64,
  rows_inserted INT64,
  rows_updated INT64,
  rows_failed INT64,
  load_time_seconds FLOAT64,
  transform_time_seconds FLOAT64,
  save_time_seconds FLOAT64,
  total_runtime_seconds FLOAT64,
  opts JSON,
  file_path STRING,
  processed_at TIMESTAMP
)
PARTITION BY DATE(started_at)
CLUSTER BY processor_name, status;

ALTER TABLE `{{dataset "nba_processing"}}`.processor_runs ADD COLUMN IF NOT EXISTS skip_reason STRING;
