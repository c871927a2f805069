-- How good each system was from from_date to to_date: error in points, bias, and hits against the line
SELECT
  system_id,
  COUNT(*) AS predictions,
  ROUND(AVG(absolute_error), 3) AS mean_absolute_error,
  ROUND(AVG(IF(predicted_by_all, absolute_error, NULL)), 3) AS where_all_predicted,
  ROUND(AVG(error), 3) AS bias,
  COUNTIF(is_hit IS NOT NULL) AS picks,
  ROUND(CAST(100 * SAFE_DIVIDE(COUNTIF(is_hit), COUNTIF(is_hit IS NOT NULL)) AS NUMERIC), 1) AS hit_rate_pct
FROM nba_predictions.prediction_grades
WHERE game_date BETWEEN from_date AND to_date
GROUP BY system_id
ORDER BY mean_absolute_error, system_id;
