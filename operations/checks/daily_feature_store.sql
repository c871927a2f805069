-- The feature store of the date: players, quality, when it was last written
SELECT
  slate.game_date AS analysis_date, IFNULL(metrics.row_count, 0) AS player_count, metrics.quality_score AS avg_quality_score,
  (SELECT MAX(COALESCE(updated_at, created_at)) FROM nba_predictions.ml_feature_store_v2 WHERE game_date = to_date) AS last_processed,
  CASE
    -- A store that was never built has no metrics either.
    WHEN IFNULL(metrics.row_count, 0) = 0 THEN 'P0: no rows; docs/operations/runbook.md'
    -- A night whose placeholders alone make it an incident has no severity.
    WHEN metrics.severity IN ('P0', 'P1') AND metrics.quality_score < 75
      THEN FORMAT('%s: quality %.2f is below 75', metrics.severity, metrics.quality_score)
    WHEN NOT metrics.gate_passed THEN metrics.gate_reason
    WHEN metrics.severity IN ('P0', 'P1') AND metrics.quality_score < 80 THEN CONCAT(metrics.severity, ': ', CAST(metrics.row_count AS STRING), ' rows')
  END AS attention
FROM nba_precompute.stg_slate_dates AS slate
LEFT JOIN nba_predictions.ml_feature_store_v2_quality_metrics AS metrics ON metrics.analysis_date = slate.game_date
WHERE slate.game_date = to_date
