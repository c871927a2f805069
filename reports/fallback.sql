-- How many players stood on Phase 3 on each date; NULL on a date whose feature store has no row
SELECT
  metrics.analysis_date,
  metrics.row_count AS total_players,
  COUNTIF(store.data_source = 'phase3') AS phase3_fallback_count,
  metrics.fallback_rate_pct,
  metrics.avg_feature_quality_score AS avg_quality_score
FROM nba_predictions.ml_feature_store_v2_quality_metrics AS metrics
LEFT JOIN nba_predictions.ml_feature_store_v2 AS store ON store.game_date = metrics.analysis_date
WHERE metrics.analysis_date BETWEEN from_date AND to_date
GROUP BY metrics.analysis_date, metrics.row_count, metrics.fallback_rate_pct, metrics.avg_feature_quality_score
ORDER BY metrics.analysis_date;
