-- Quality of the feature store on each date: total, six components, status, severity, gate
SELECT
  analysis_date, quality_score, phase4_availability_score, phase3_fallback_score, data_freshness_score,
  dependency_completeness_score, row_completeness_score, null_field_rate_score, row_count, status, severity, gate_passed
FROM nba_predictions.ml_feature_store_v2_quality_metrics
WHERE analysis_date BETWEEN from_date AND to_date
ORDER BY analysis_date;
