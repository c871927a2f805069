-- When each step of Phase 4 began and ended, and how long it took, run by run, from the run log
SELECT
  analysis_date,
  processor_name AS processor,
  run_date AS start_time,
  TIMESTAMP_ADD(run_date, INTERVAL CAST(ROUND(1000 * duration_seconds) AS INT64) MILLISECOND) AS end_time,
  ROUND(duration_seconds, 1) AS duration_seconds,
  success,
  skip_reason
FROM nba_processing.precompute_processor_runs
WHERE analysis_date BETWEEN from_date AND to_date
ORDER BY start_time, processor;
