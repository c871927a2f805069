-- Month 2, cost by day of runs: time of all models; act above 2 hours a day
SELECT
  DATE(finished_at) AS execution_date, ROUND(SUM(duration_ms) / 3600000, 3) AS total_slot_hours,
  CAST(NULL AS FLOAT64) AS total_gb_processed, COUNT(*) AS query_count,
  IF(SUM(duration_ms) > 7200000, 'more than 2 hours of work in a day', NULL) AS attention
FROM nba_orchestration.model_runs
WHERE status IN ('success', 'unchanged', 'failed')
  AND DATE(finished_at) BETWEEN DATE_SUB(CURRENT_DATE(), INTERVAL 30 DAY) AND CURRENT_DATE()
GROUP BY execution_date
ORDER BY execution_date
