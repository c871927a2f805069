-- Players on Phase 3 alone
SELECT
  game_date AS analysis_date, COUNTIF(data_source = 'phase3') AS phase3_count, COUNTIF(data_source IN ('phase4', 'mixed')) AS phase4_count,
  ROUND(100 * COUNTIF(data_source = 'phase3') / COUNT(*), 1) AS fallback_pct,
  IF(COUNTIF(data_source = 'phase3') > 0.1 * COUNT(*), 'more than 10 percent stand on Phase 3: investigate Phase 4', NULL) AS attention
FROM nba_predictions.ml_feature_store_v2
WHERE game_date = to_date
GROUP BY game_date
