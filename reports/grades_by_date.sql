-- How good each system was on each date
SELECT game_date, system_id, predictions, mean_absolute_error, bias, picks, hits, hit_rate
FROM nba_predictions.prediction_accuracy
WHERE game_date BETWEEN from_date AND to_date
ORDER BY game_date, mean_absolute_error, system_id;
