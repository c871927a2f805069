-- What else a build rests on: the engine that translated and ran it, upstreams that were stale, and what a reporting assertion found.
ALTER TABLE `{{stateDataset}}`.model_state
  ADD COLUMN IF NOT EXISTS engine_version STRING,
  ADD COLUMN IF NOT EXISTS resting_on STRING,
  ADD COLUMN IF NOT EXISTS verdict STRING;
