-- Phase 3: one row an execution of a step. skip_reason came later than the table.
CREATE SCHEMA IF NOT EXISTS `{{dataset "nba_processing"}}`;

CREATE TABLE IF NOT EXISTS `{{dataset "nba_processing"}}`.analytics_processor_runs (
  processor_name STRING NOT NULL,
  run_id STRING NOT NULL,
  run_date TIMESTAMP NOT NULL,
  success BOOL NOT NULL,
  duration_seconds FLOAT64,
  date_range_start DATE,
  date_range_end DATE,
  records_processed INT64,
  records_inserted INT64,
  records_updated INT64,
  records_skipped INT64,
  errors_json STRING,
  warning_count INT64,
  bytes_processed INT64,
  slot_ms INT64,
  source_files_count INT64,
  source_data_freshness_hours FLOAT64,
  processor_version STRING,
  config_hash STRING,
  created_at TIMESTAMP
)
PARTITION BY DATE(run_date)
CLUSTER BY processor_name, success, run_date;

ALTER TABLE `{{dataset "nba_processing"}}`.analytics_processor_runs ADD COLUMN IF NOT EXISTS skip_reason STRING;
