-- How much work each model was spared on each day of runs: runs skipped whole, and rows computed but not written
SELECT
  DATE(finished_at) AS run_date,
  model,
  COUNT(*) AS runs,
  ROUND(CAST(100 * COUNTIF(status = 'skipped') / COUNT(*) AS NUMERIC), 1) AS runs_skipped_pct,
  SUM(rows_unchanged) AS rows_unchanged,
  ROUND(
    CAST(100 * SAFE_DIVIDE(SUM(rows_unchanged), SUM(rows_unchanged + rows_inserted + rows_updated + rows_refreshed)) AS NUMERIC), 1
  ) AS writes_skipped_pct
FROM nba_orchestration.model_runs
WHERE type IN ('table', 'incremental') AND DATE(finished_at) BETWEEN from_date AND to_date
GROUP BY run_date, model
ORDER BY run_date, model;
