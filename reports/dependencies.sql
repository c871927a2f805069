-- On which dates a Phase 4 table was missing when the feature store was built
SELECT
  analysis_date,
  COUNTIF(NOT team_defense_available) AS team_defense_failures,
  COUNTIF(NOT player_shot_available) AS player_shot_failures,
  COUNTIF(NOT composite_available) AS composite_failures,
  COUNTIF(NOT daily_cache_available) AS daily_cache_failures
FROM nba_predictions.ml_feature_store_v2_dependency_tracking
WHERE analysis_date BETWEEN from_date AND to_date
GROUP BY analysis_date
ORDER BY analysis_date;
