-- How many players stood on Phase 3 on each date
SELECT
  analysis_date,
  COUNT(*) AS total_players,
  COUNTIF(data_source = 'phase3') AS phase3_fallback_count,
  ROUND(CAST(100 * COUNTIF(data_source = 'phase3') / COUNT(*) AS NUMERIC), 1) AS fallback_rate_pct,
  ROUND(AVG(feature_quality_score), 2) AS avg_quality_score
FROM nba_predictions.ml_feature_store_v2
WHERE game_date BETWEEN from_date AND to_date
GROUP BY analysis_date
ORDER BY analysis_date;
