-- Cost by day of runs: slot hours (time of all models where the engine tells none), GB where it tells them, queries
SELECT
  DATE(finished_at) AS execution_date, ROUND(SUM(IFNULL(slot_ms, duration_ms)) / 3600000, 3) AS total_slot_hours,
  ROUND(SUM(bytes_processed) / 1e9, 3) AS total_gb_processed, SUM(IFNULL(jobs, 1)) AS query_count
FROM nba_orchestration.model_runs
WHERE status IN ('success', 'unchanged', 'failed') AND DATE(finished_at) BETWEEN from_date AND to_date
GROUP BY execution_date
ORDER BY execution_date;
