-- One row a breaker. fastbreak makes the table itself; a warehouse that stands from before it may lack columns.
CREATE SCHEMA IF NOT EXISTS `{{stateDataset}}`;

CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.circuit_breaker_state (
  processor_name STRING NOT NULL,
  state STRING NOT NULL,
  failure_count INT64 NOT NULL,
  success_count INT64 NOT NULL,
  last_failure TIMESTAMP,
  last_success TIMESTAMP,
  opened_at TIMESTAMP,
  half_opened_at TIMESTAMP,
  updated_at TIMESTAMP NOT NULL,
  last_error_message STRING,
  last_error_type STRING,
  failure_history ARRAY<STRUCT<failed_at TIMESTAMP, error_message STRING, error_type STRING>>,
  threshold INT64,
  timeout_seconds INT64,
  half_open_max_calls INT64
)
CLUSTER BY processor_name, state;
