-- Rows and last run of the four steps before it
SELECT
  processor, row_count, rows_needed, last_run,
  IF(passed, NULL, FORMAT('%s has %d rows, needs %d: run it again', processor, row_count, rows_needed)) AS attention
FROM nba_precompute.phase4_status
WHERE analysis_date = to_date AND processor != 'ml_feature_store'
ORDER BY processor
