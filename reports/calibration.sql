-- What the confidence of each system was worth from from_date to to_date: how often its recommendations were right, by band
SELECT
  system_id,
  CAST(10 * FLOOR(LEAST(confidence_score, 99) / 10) AS INT64) AS confidence_from,
  COUNT(*) AS picks,
  ROUND(AVG(confidence_score), 1) AS claimed_pct,
  ROUND(CAST(100 * COUNTIF(is_hit) / COUNT(*) AS NUMERIC), 1) AS hit_rate_pct
FROM nba_predictions.prediction_grades
WHERE is_hit IS NOT NULL AND game_date BETWEEN from_date AND to_date
GROUP BY system_id, confidence_from
ORDER BY system_id, confidence_from;
