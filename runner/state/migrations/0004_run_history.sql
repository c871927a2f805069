-- A run is written down when it begins, so that one that died is known; what was loaded, and what became of breakers, is kept too.
ALTER TABLE `{{stateDataset}}`.runs ALTER COLUMN finished_at DROP NOT NULL;

-- The process that runs it, as host:pid.
ALTER TABLE `{{stateDataset}}`.runs ADD COLUMN IF NOT EXISTS process STRING;

ALTER TABLE `{{stateDataset}}`.model_runs
  ADD COLUMN IF NOT EXISTS started_at TIMESTAMP,
  ADD COLUMN IF NOT EXISTS skip_reason STRING,
  ADD COLUMN IF NOT EXISTS config_hash STRING;

-- One row a load or seed.
CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.load_runs (
  run_id STRING NOT NULL,
  loader STRING NOT NULL,
  arguments STRING,
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP,
  status STRING NOT NULL,
  read_seconds FLOAT64,
  write_seconds FLOAT64,
  skip_reason STRING,
  error STRING,
  process STRING
);

-- One row a table that a load was about.
CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.load_tables (
  run_id STRING NOT NULL,
  relation STRING NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  rows_read INT64 NOT NULL,
  rows_inserted INT64 NOT NULL,
  rows_updated INT64 NOT NULL,
  rows_deleted INT64 NOT NULL,
  rows_unchanged INT64 NOT NULL,
  rows_skipped INT64 NOT NULL
);

-- Every change of a breaker's state, by a run or by hand.
CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.breaker_events (
  processor_name STRING NOT NULL,
  changed_at TIMESTAMP NOT NULL,
  from_state STRING NOT NULL,
  to_state STRING NOT NULL,
  cause STRING NOT NULL,
  failure_count INT64 NOT NULL,
  run_id STRING,
  changed_by STRING,
  message STRING
);
