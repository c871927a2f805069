-- The six components of each date's quality with the bands of each
SELECT analysis_date, component, score, max_score, band
FROM nba_predictions.ml_feature_store_v2_quality_components
WHERE analysis_date BETWEEN from_date AND to_date
ORDER BY analysis_date, component;
