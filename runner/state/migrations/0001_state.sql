-- What was built, from which code and inputs, by which run. Every table is append-only: the newest row of a key counts.
CREATE SCHEMA IF NOT EXISTS `{{stateDataset}}`;

CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.model_state (
  model STRING NOT NULL,
  `partition` STRING NOT NULL,
  code_hash STRING,
  compiled_hash STRING,
  input_hash STRING,
  inputs STRING,
  fingerprint STRING,
  output_version STRING,
  row_count INT64,
  run_id STRING NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  format_version INT64 NOT NULL
);

-- Fingerprints of what models have read, so that a moved input can be named by its partition.
CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.relation_state (
  relation STRING NOT NULL,
  `partition` STRING NOT NULL,
  fingerprint STRING NOT NULL,
  run_id STRING NOT NULL,
  recorded_at TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.runs (
  run_id STRING NOT NULL,
  command STRING NOT NULL,
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP NOT NULL,
  status STRING NOT NULL,
  window_from DATE,
  window_to DATE,
  compiled BOOL,
  totals STRING
);

CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.model_runs (
  run_id STRING NOT NULL,
  model STRING NOT NULL,
  type STRING NOT NULL,
  status STRING NOT NULL,
  partitions STRING,
  rows_inserted INT64,
  rows_updated INT64,
  rows_refreshed INT64,
  rows_deleted INT64,
  rows_unchanged INT64,
  duration_ms INT64,
  error STRING,
  finished_at TIMESTAMP NOT NULL
);

-- The compiled project, so that a scheduler with an empty disk also decides before it compiles.
CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.manifests (
  inputs_digest STRING NOT NULL,
  manifest STRING NOT NULL,
  recorded_at TIMESTAMP NOT NULL
);
