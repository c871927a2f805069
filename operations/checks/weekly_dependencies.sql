-- Week 2, dependency reliability: repeated failures of one step
SELECT
  step AS dependency, COUNTIF(NOT is_available) AS failures, COUNT(*) AS dates,
  STRING_AGG(IF(is_available, NULL, FORMAT_DATE('%a', analysis_date)), ' ' ORDER BY analysis_date) AS weekdays,
  IF(COUNTIF(NOT is_available) >= 2, FORMAT('%s was missing on %d dates', step, COUNTIF(NOT is_available)), NULL) AS attention
FROM nba_predictions.ml_feature_store_v2_dependency_tracking
CROSS JOIN UNNEST([
  STRUCT('team_defense' AS step, team_defense_available AS is_available),
  STRUCT('player_shot' AS step, player_shot_available AS is_available),
  STRUCT('composite' AS step, composite_available AS is_available),
  STRUCT('daily_cache' AS step, daily_cache_available AS is_available)
])
WHERE analysis_date BETWEEN from_date AND to_date
GROUP BY step
ORDER BY failures DESC, step
