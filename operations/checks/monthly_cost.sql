-- Month 2, cost by day of runs: slot hours (time of all models where the engine tells none) and GB; act above 2 hours or 50 GB
WITH days AS (
  SELECT
    DATE(finished_at) AS execution_date,
    SUM(IFNULL(slot_ms, duration_ms)) / 3600000 AS slot_hours,
    SUM(bytes_processed) / 1e9 AS gigabytes,
    SUM(IFNULL(jobs, 1)) AS queries
  FROM nba_orchestration.model_runs
  WHERE status IN ('success', 'unchanged', 'failed')
    AND DATE(finished_at) BETWEEN DATE_SUB(CURRENT_DATE(), INTERVAL 30 DAY) AND CURRENT_DATE()
  GROUP BY execution_date
)

SELECT
  execution_date, ROUND(slot_hours, 3) AS total_slot_hours, ROUND(gigabytes, 3) AS total_gb_processed,
  queries AS query_count,
  CASE
    WHEN slot_hours > 2 AND gigabytes > 50 THEN 'more than 2 slot hours and 50 GB in a day'
    WHEN slot_hours > 2 THEN 'more than 2 slot hours in a day'
    WHEN gigabytes > 50 THEN 'more than 50 GB in a day'
  END AS attention
FROM days
ORDER BY execution_date
