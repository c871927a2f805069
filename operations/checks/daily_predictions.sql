-- Players with predictions, and the confidence of the ensemble
SELECT
  to_date AS prediction_date, COUNT(DISTINCT player_lookup) AS prediction_count,
  ROUND(AVG(IF(system_id = 'ensemble_v1', confidence_score, NULL)), 1) AS avg_confidence,
  IF(COUNT(*) = 0 AND EXISTS (SELECT 1 FROM nba_precompute.stg_slate_dates WHERE game_date = to_date),
    'no predictions on a date with games: fastbreak gate tells why', NULL) AS attention
FROM nba_predictions.player_prop_predictions
WHERE game_date = to_date AND is_active
