-- success is NULL while a step runs. The rows that are there stay as they are, none more and none less.
ALTER TABLE `{{dataset "nba_processing"}}`.precompute_processor_runs ALTER COLUMN success DROP NOT NULL;
