-- How long each action wrote, and what the engine says it has cost: NULL where it keeps no account, as the embedded one.
ALTER TABLE `{{stateDataset}}`.model_runs
  ADD COLUMN IF NOT EXISTS write_ms INT64,
  ADD COLUMN IF NOT EXISTS jobs INT64,
  ADD COLUMN IF NOT EXISTS bytes_processed INT64,
  ADD COLUMN IF NOT EXISTS bytes_billed INT64,
  ADD COLUMN IF NOT EXISTS slot_ms INT64;
