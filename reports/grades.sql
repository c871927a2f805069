-- How good each system was from from_date to to_date, on the games that all of them predicted: error and its difference from
-- naive forecasts in the same games, hits against the line, winnings of 1 staked at the quoted price. Every _low and _high is
-- a 95 % interval; dates, not games, are taken for independent, because players of a night share what happens in it
WITH graded AS (
  SELECT *
  FROM nba_predictions.prediction_grades
  WHERE predicted_by_all AND game_date BETWEEN from_date AND to_date
),

measures AS (
  SELECT system_id, game_date, 'error' AS measure, CAST(absolute_error AS FLOAT64) AS amount FROM graded
  UNION ALL
  SELECT system_id, game_date, 'season', CAST(absolute_error - season_average_error AS FLOAT64) FROM graded
  UNION ALL
  SELECT system_id, game_date, 'ten', CAST(absolute_error - last_ten_error AS FLOAT64) FROM graded
  UNION ALL
  SELECT system_id, game_date, 'line', CAST(absolute_error - line_error AS FLOAT64) FROM graded
  UNION ALL
  SELECT system_id, game_date, 'hit', IF(is_hit, 100.0, 0.0) FROM graded WHERE is_hit IS NOT NULL
  UNION ALL
  SELECT system_id, game_date, 'profit', 100 * CAST(unit_profit AS FLOAT64) FROM graded
),

by_date AS (
  SELECT system_id, measure, game_date, COUNT(amount) AS n, SUM(amount) AS total
  FROM measures
  WHERE amount IS NOT NULL
  GROUP BY system_id, measure, game_date
),

means AS (
  SELECT system_id, measure, COUNT(*) AS dates, SUM(n) AS n, SUM(total) / SUM(n) AS mean
  FROM by_date
  GROUP BY system_id, measure
),

intervals AS (
  SELECT
    means.system_id,
    means.measure,
    means.n,
    means.mean,
    1.96 * SQRT(
      SAFE_DIVIDE(means.dates, means.dates - 1) * SUM(POW(by_date.total - means.mean * by_date.n, 2))
    ) / means.n AS half
  FROM means
  JOIN by_date ON by_date.system_id = means.system_id AND by_date.measure = means.measure
  GROUP BY means.system_id, means.measure, means.dates, means.n, means.mean
),

told AS (
  SELECT system_id, measure, n, ROUND(mean, 3) AS mean, ROUND(mean - half, 3) AS low, ROUND(mean + half, 3) AS high
  FROM intervals
)

SELECT
  error.system_id,
  error.n AS games,
  error.mean AS mean_absolute_error,
  error.low AS error_low,
  error.high AS error_high,
  season.mean AS than_season_average,
  season.low AS season_low,
  season.high AS season_high,
  ten.mean AS than_last_ten,
  ten.low AS last_ten_low,
  ten.high AS last_ten_high,
  line.mean AS than_line,
  line.low AS line_low,
  line.high AS line_high,
  IFNULL(hit.n, 0) AS picks,
  hit.mean AS hit_rate_pct,
  hit.low AS hit_low,
  hit.high AS hit_high,
  profit.mean AS profit_pct,
  profit.low AS profit_low,
  profit.high AS profit_high
FROM told AS error
LEFT JOIN told AS season ON season.system_id = error.system_id AND season.measure = 'season'
LEFT JOIN told AS ten ON ten.system_id = error.system_id AND ten.measure = 'ten'
LEFT JOIN told AS line ON line.system_id = error.system_id AND line.measure = 'line'
LEFT JOIN told AS hit ON hit.system_id = error.system_id AND hit.measure = 'hit'
LEFT JOIN told AS profit ON profit.system_id = error.system_id AND profit.measure = 'profit'
WHERE error.measure = 'error'
ORDER BY mean_absolute_error, error.system_id;
