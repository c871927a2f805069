-- Steps of Phase 4 with too few rows on a date with games, and durations of the feature store.
WITH prepared AS (
  SELECT DISTINCT game_date AS analysis_date
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date BETWEEN from_date AND to_date
),

builds AS (
  SELECT
    duration_ms / 1000 AS seconds,
    ROW_NUMBER() OVER (ORDER BY finished_at DESC) AS place
  FROM nba_orchestration.model_runs
  WHERE model = 'nba_predictions.ml_feature_store_v2' AND status IN ('success', 'unchanged', 'failed')
)

SELECT
  status.analysis_date AS alert_date,
  IF(is_empty, 'step_without_rows', 'step_rows') AS alert,
  status.processor AS subject,
  IF(is_empty, 'critical', 'error') AS severity,
  '#incidents' AS channel,
  FORMAT('%s has %d rows on a date with games, needs %d', status.processor, status.row_count, status.rows_needed) AS message,
  CAST(status.row_count AS FLOAT64) AS value
FROM (
  SELECT
    *,
    -- The shot zones are of every player of the league, who else plays or not.
    row_count < IF(processor = 'player_shot_zone', 100, 1) AS is_empty
  FROM nba_precompute.phase4_status
) AS status
JOIN prepared ON prepared.analysis_date = status.analysis_date
WHERE status.row_count < status.rows_needed

UNION ALL
SELECT
  CAST(NULL AS DATE), 'feature_store_near_timeout', NULL, 'error', '#incidents',
  FORMAT('the feature store took %.0f s, more than 30 minutes: it is near its timeout', seconds), seconds
FROM builds
WHERE place = 1 AND seconds > 1800

UNION ALL
SELECT
  NULL, 'feature_store_slow', NULL, 'warning', '#data-quality',
  'the last three builds of the feature store took more than 25 minutes each: optimise it', MIN(seconds)
FROM builds
WHERE place <= 3
HAVING COUNT(*) = 3 AND MIN(seconds) > 1500
