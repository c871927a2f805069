-- Week 1, quality trend: decline, rising fallback, dates below 80
SELECT
  slate.game_date AS analysis_date, quality_score, phase4_availability_score, phase3_fallback_score,
  fallback_rate_pct, severity, status,
  CASE
    WHEN metrics.analysis_date IS NULL THEN FORMAT('%t has games and no feature store', slate.game_date)
    WHEN quality_score < 80 AND NOT slate.is_early_season THEN FORMAT('quality %.2f is below 80', quality_score)
  END AS attention
FROM nba_precompute.stg_slate_dates AS slate
LEFT JOIN nba_predictions.ml_feature_store_v2_quality_metrics AS metrics ON metrics.analysis_date = slate.game_date
WHERE slate.game_date BETWEEN from_date AND to_date
ORDER BY slate.game_date
