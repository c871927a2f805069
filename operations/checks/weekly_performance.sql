-- Week 3, performance: growth, correlation with rows; above 25 minutes again and again optimise, above 30 near the timeout
SELECT
  analysis_date, ROUND(query_seconds / 60, 2) AS duration_minutes, row_count, quality_score, retries,
  CASE
    WHEN query_seconds > 1800 THEN 'more than 30 minutes: near the timeout'
    WHEN query_seconds > 1500 THEN 'more than 25 minutes: optimise when it is so again and again'
    WHEN retries > 2 THEN FORMAT('%d attempts failed before', retries)
  END AS attention
FROM nba_predictions.ml_feature_store_v2_execution_log
WHERE analysis_date BETWEEN from_date AND to_date
ORDER BY analysis_date
