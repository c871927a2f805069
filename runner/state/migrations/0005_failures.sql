-- What stands failed: one row per model and partition that could not be built, gone as soon as it can.
CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.model_failures (
  model STRING NOT NULL,
  `partition` STRING NOT NULL,
  partition_date DATE,
  category STRING NOT NULL,
  reason STRING NOT NULL,
  can_retry BOOL NOT NULL,
  run_id STRING NOT NULL,
  failed_at TIMESTAMP NOT NULL
) PARTITION BY partition_date CLUSTER BY model;

-- Rows that an assertion found and that kept what it judges from being published, or failed the run.
CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.quarantined_rows (
  assertion STRING NOT NULL,
  model STRING,
  run_id STRING NOT NULL,
  row_number INT64 NOT NULL,
  row_json STRING NOT NULL,
  rows_found INT64 NOT NULL,
  quarantined_at TIMESTAMP NOT NULL,
  released_at TIMESTAMP
) CLUSTER BY assertion, run_id;
