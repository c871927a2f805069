-- Month 1, execution time of every step: nights, mean, longest, and what is worth an alert
SELECT
  run.model, COUNT(*) AS builds, ROUND(AVG(run.duration_ms) / 1000, 1) AS mean_seconds, ROUND(MAX(run.duration_ms) / 1000, 1) AS longest_seconds,
  COUNTIF(run.status = 'failed') AS failed,
  IF(MAX(run.duration_ms) > 3600000, 'longer than the timeout of 60 minutes', NULL) AS attention
FROM nba_orchestration.model_runs AS run
WHERE run.status IN ('success', 'unchanged', 'failed') AND run.type != 'assertion'
  AND DATE(run.finished_at) BETWEEN DATE_SUB(CURRENT_DATE(), INTERVAL 30 DAY) AND CURRENT_DATE()
GROUP BY run.model
ORDER BY mean_seconds DESC
LIMIT 15
