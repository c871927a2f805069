-- What the predictions of each date stand on: usable feature rows, their range of quality, share of Phase 3
SELECT
  game_date,
  COUNT(*) AS feature_rows,
  MIN(quality_score) AS lowest_quality,
  MAX(quality_score) AS highest_quality,
  ROUND(CAST(100 * COUNTIF(phase3_fallback_used) / COUNT(*) AS NUMERIC), 1) AS phase3_pct
FROM nba_predictions.ml_feature_store_v2_wide
WHERE quality_score >= 75 AND game_date BETWEEN from_date AND to_date
GROUP BY game_date
ORDER BY game_date;
