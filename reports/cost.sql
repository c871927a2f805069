-- Cost by day of runs: time of all models in hours, bytes where the engine tells them, queries
SELECT
  DATE(finished_at) AS execution_date, ROUND(SUM(duration_ms) / 3600000, 3) AS total_slot_hours,
  CAST(NULL AS FLOAT64) AS total_gb_processed, COUNT(*) AS query_count
FROM nba_orchestration.model_runs
WHERE status IN ('success', 'unchanged', 'failed') AND DATE(finished_at) BETWEEN from_date AND to_date
GROUP BY execution_date
ORDER BY execution_date;
