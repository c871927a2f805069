-- Quality of the feature store next to the predictions of each date
SELECT prediction_date, quality_score, fallback_rate_pct, players, predictions, mean_confidence, unchanged_pct
FROM nba_predictions.prediction_impact
WHERE prediction_date BETWEEN from_date AND to_date
ORDER BY prediction_date;
