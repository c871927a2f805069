-- How far points can be taken as they are, from from_date to to_date, on the games that all systems predicted: the mean of
-- predicted - scored, overall and by what was predicted, how often more was scored, and the slope of scored on predicted, which is
-- 1 where a point more in the prediction is a point more on the court. Every _low and _high is a 95 % interval with dates taken for independent
WITH graded AS (
  SELECT
    system_id,
    game_date,
    CAST(predicted_points AS FLOAT64) AS predicted,
    CAST(actual_points AS FLOAT64) AS scored,
    CAST(error AS FLOAT64) AS error
  FROM nba_predictions.prediction_grades
  WHERE predicted_by_all AND game_date BETWEEN from_date AND to_date
),

means AS (
  SELECT
    system_id,
    COUNT(*) AS games,
    COUNT(DISTINCT game_date) AS dates,
    AVG(error) AS bias,
    COUNTIF(scored > predicted) AS above,
    AVG(IF(predicted < 10, error, NULL)) AS below_10,
    AVG(IF(predicted >= 10 AND predicted < 20, error, NULL)) AS from_10,
    AVG(IF(predicted >= 20, error, NULL)) AS from_20,
    AVG(predicted) AS predicted,
    AVG(scored) AS scored
  FROM graded
  GROUP BY system_id
),

slopes AS (
  SELECT
    graded.system_id,
    SUM(POW(graded.predicted - means.predicted, 2)) AS spread,
    SAFE_DIVIDE(
      SUM((graded.predicted - means.predicted) * (graded.scored - means.scored)),
      SUM(POW(graded.predicted - means.predicted, 2))
    ) AS slope
  FROM graded
  JOIN means ON means.system_id = graded.system_id
  GROUP BY graded.system_id
),

by_date AS (
  SELECT
    graded.system_id,
    graded.game_date,
    SUM(graded.error - means.bias) AS error,
    SUM(
      (graded.predicted - means.predicted)
      * (graded.scored - means.scored - slopes.slope * (graded.predicted - means.predicted))
    ) AS moment
  FROM graded
  JOIN means ON means.system_id = graded.system_id
  JOIN slopes ON slopes.system_id = graded.system_id
  GROUP BY graded.system_id, graded.game_date
),

halves AS (
  SELECT
    system_id,
    1.96 * SQRT(SAFE_DIVIDE(COUNT(*), COUNT(*) - 1) * SUM(POW(error, 2))) AS of_errors,
    1.96 * SQRT(SAFE_DIVIDE(COUNT(*), COUNT(*) - 1) * SUM(POW(moment, 2))) AS of_moments
  FROM by_date
  GROUP BY system_id
)

SELECT
  means.system_id,
  means.games,
  ROUND(means.bias, 3) AS too_high,
  ROUND(means.bias - halves.of_errors / means.games, 3) AS too_high_low,
  ROUND(means.bias + halves.of_errors / means.games, 3) AS too_high_high,
  ROUND(100 * means.above / means.games, 1) AS scored_more_pct,
  ROUND(means.below_10, 3) AS below_10,
  ROUND(means.from_10, 3) AS from_10,
  ROUND(means.from_20, 3) AS from_20,
  ROUND(slopes.slope, 3) AS slope,
  ROUND(slopes.slope - SAFE_DIVIDE(halves.of_moments, slopes.spread), 3) AS slope_low,
  ROUND(slopes.slope + SAFE_DIVIDE(halves.of_moments, slopes.spread), 3) AS slope_high
FROM means
JOIN slopes ON slopes.system_id = means.system_id
JOIN halves ON halves.system_id = means.system_id
ORDER BY ABS(means.bias), means.system_id;
