-- The six components of the quality, each by its own bands
SELECT
  component, score, max_score, band,
  -- On a light slate the gate knows how many rows there can be.
  IF(band IN ('warning', 'critical', 'fail') AND NOT is_early_season AND NOT (component = 'row_completeness_score' AND metrics.gate_passed),
    FORMAT('%s is %.2f: %s', component, score, band), NULL) AS attention
FROM nba_predictions.ml_feature_store_v2_quality_components AS components
JOIN nba_predictions.ml_feature_store_v2_quality_metrics AS metrics USING (analysis_date)
WHERE components.analysis_date = to_date
ORDER BY max_score DESC, component
