-- Every alert of the dates, and how long it was open
SELECT
  alert_name, analysis_date, severity, level, informational, message, created_at, resolved_at,
  ROUND(TIMESTAMP_DIFF(resolved_at, created_at, SECOND) / 60, 1) AS minutes_open, times_opened
FROM nba_orchestration.alerts_log
WHERE analysis_date IS NULL OR analysis_date BETWEEN from_date AND to_date
ORDER BY created_at, alert_name;
