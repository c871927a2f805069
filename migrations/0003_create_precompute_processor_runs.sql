-- Phase 4: one row an execution of a step.
CREATE SCHEMA IF NOT EXISTS `{{dataset "nba_processing"}}`;

CREATE TABLE IF NOT EXISTS `{{dataset "nba_processing"}}`.precompute_processor_runs (
  processor_name STRING NOT NULL,
  run_id STRING NOT NULL,
  run_date TIMESTAMP NOT NULL,
  success BOOL NOT NULL,
  duration_seconds FLOAT64,
  analysis_date DATE,
  records_processed INT64,
  records_inserted INT64,
  records_updated INT64,
  records_skipped INT64,
  errors_json STRING,
  warning_count INT64,
  bytes_processed INT64,
  slot_ms INT64,
  dependency_check_passed BOOL,
  data_completeness_pct FLOAT64,
  upstream_data_age_hours FLOAT64,
  processor_version STRING,
  config_hash STRING,
  skip_reason STRING,
  created_at TIMESTAMP
)
PARTITION BY DATE(run_date)
CLUSTER BY processor_name, success, run_date
OPTIONS (partition_expiration_days = 365);
