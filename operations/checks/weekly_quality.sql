-- Week 1, quality trend: decline, rising fallback, dates below 80
SELECT
  metrics.analysis_date, quality_score, phase4_availability_score, phase3_fallback_score,
  fallback_rate_pct, severity, status,
  IF(quality_score < 80 AND NOT IFNULL(slate.is_early_season, FALSE), FORMAT('quality %.2f is below 80', quality_score), NULL) AS attention
FROM nba_predictions.ml_feature_store_v2_quality_metrics AS metrics
LEFT JOIN nba_precompute.stg_slate_dates AS slate ON slate.game_date = metrics.analysis_date
WHERE metrics.analysis_date BETWEEN from_date AND to_date
ORDER BY metrics.analysis_date
