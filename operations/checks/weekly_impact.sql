-- Week 4, impact on predictions: low quality with low confidence
SELECT
  prediction_date, quality_score AS ml_feature_store_quality, mean_confidence AS avg_prediction_confidence, predictions AS prediction_count,
  IF(quality_score < 80 AND predictions > 0, FORMAT('predictions of %t rest on quality %.2f', prediction_date, quality_score), NULL) AS attention
FROM nba_predictions.prediction_impact
WHERE prediction_date BETWEEN from_date AND to_date
ORDER BY prediction_date
