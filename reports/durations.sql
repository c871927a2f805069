-- How long each model ran on each day of runs, from the run log
SELECT
  DATE(finished_at) AS run_date, model, COUNT(*) AS runs, ROUND(CAST(SUM(duration_ms) / 1000 AS NUMERIC), 1) AS seconds,
  SUM(IFNULL(rows_inserted, 0) + IFNULL(rows_updated, 0) + IFNULL(rows_deleted, 0)) AS rows_written
FROM nba_orchestration.model_runs
WHERE status IN ('success', 'unchanged', 'failed') AND type != 'assertion' AND DATE(finished_at) BETWEEN from_date AND to_date
GROUP BY run_date, model
ORDER BY run_date, seconds DESC, model;
