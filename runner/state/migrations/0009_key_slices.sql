-- What models have read, slice by slice of a key: which keys of an input have moved is told by comparing it with what is there now.
CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.slice_state (
  question STRING NOT NULL,
  `partition` STRING NOT NULL,
  fingerprint STRING NOT NULL,
  seen STRING NOT NULL,
  slices STRING NOT NULL,
  run_id STRING NOT NULL,
  recorded_at TIMESTAMP NOT NULL
);
